package org.weir.checkpoint;

import java.io.IOException;
import java.io.StringReader;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small JSON file, read whole: an index or a config. */
record JsonText(Path file, String text) {

    static JsonText read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new MalformedCheckpointException(file, "found no regular file, expected a JSON file");
        }
        long sizeBytes = Files.size(file);
        if (sizeBytes > Header.MAX_TEXT_BYTES) {
            String reason = "found %d bytes of JSON, expected at most %d".formatted(sizeBytes, Header.MAX_TEXT_BYTES);
            throw new MalformedCheckpointException(file, reason);
        }
        byte[] bytes = Files.readAllBytes(file);
        try {
            return new JsonText(
                    file, Utf8.decoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException e) {
            long badByte = Utf8.firstBadByte(MemorySegment.ofArray(bytes));
            throw new MalformedCheckpointException(file, null, badByte, JsonProblem.BAD_UTF8, e);
        }
    }

    StrictJson parser() {
        return new StrictJson(new StringReader(text));
    }

    MalformedCheckpointException malformed(JsonProblem problem) {
        MemorySegment bytes = MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8));
        long offsetBytes = Utf8.byteOfChar(bytes, problem.charOffset());
        return new MalformedCheckpointException(file, null, offsetBytes, problem.reason(), problem);
    }
}
