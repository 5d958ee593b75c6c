package org.weir.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
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
        byte[] bytes = bytes(file, Math.toIntExact(sizeBytes));
        try {
            return new JsonText(
                    file, Utf8.decoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException e) {
            long badByte = Utf8.firstBadByte(MemorySegment.ofArray(bytes));
            throw new MalformedCheckpointException(file, null, badByte, JsonProblem.BAD_UTF8, e);
        }
    }

    /** No more than its size says: what looks like a file may be the kernel's, and without an end. */
    private static byte[] bytes(Path file, int sizeBytes) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(sizeBytes + 1);
            if (bytes.length > sizeBytes) {
                String reason =
                        "found more than the %d bytes that are its size, expected a JSON file".formatted(sizeBytes);
                throw new MalformedCheckpointException(file, reason);
            }
            return bytes;
        } catch (FileSystemException | MalformedCheckpointException e) {
            throw e;
        } catch (IOException e) {
            String reason = "found what cannot be read (%s), expected a JSON file".formatted(e.getMessage());
            throw new MalformedCheckpointException(file, null, null, reason, e);
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
