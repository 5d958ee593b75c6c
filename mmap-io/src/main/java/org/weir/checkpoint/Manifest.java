package org.weir.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The text of a {@code merge-manifest.json}: a JSON object, a field or an element of a list on each line, whose last
 * field is the checksum of every byte before it.
 */
public final class Manifest {
    /** What the file is called, in the folder that it describes. */
    public static final String FILE_NAME = "merge-manifest.json";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** As bytes at once: of very many tensors it is long, and would be in memory as text, too. */
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();

    private final CheckedOutputStream sum = new CheckedOutputStream(text, new CRC32C());
    private String separator = "{\n";

    /** A field, on a line of its own. */
    public Manifest with(String name, Object value) {
        begin(name);
        append(JSON.writeValueAsString(value));
        return this;
    }

    /** A field that is a list, an element on each line. */
    public Manifest with(String name, Stream<? extends Map<String, ?>> elements) {
        begin(name);
        append("[");
        String between = "\n";
        for (Iterator<? extends Map<String, ?>> each = elements.iterator(); each.hasNext(); between = ",\n") {
            append(between);
            append(JSON.writeValueAsString(each.next()));
        }
        append("\n]");
        return this;
    }

    private void begin(String name) {
        append(separator);
        append(JSON.writeValueAsString(name));
        append(": ");
        separator = ",\n";
    }

    private void append(String more) {
        byte[] bytes = more.getBytes(StandardCharsets.UTF_8);
        try {
            sum.write(bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory never fails so
        }
    }

    /** The file, with its own checksum. Ends it: there is one such call, the last. */
    public byte[] bytes() {
        text.writeBytes(end((int) sum.getChecksum().getValue()));
        return text.toByteArray();
    }

    /**
     * Reads the manifest of a folder.
     *
     * @throws NoSuchFileException if it has none
     * @throws MalformedCheckpointException if it is not, bit for bit, what was written
     */
    public static JsonNode read(Path folder) throws IOException {
        Path file = folder.resolve(FILE_NAME);
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new NoSuchFileException(
                    Printable.path(file), null, "no such file; only what weir merge has made can be verified");
        }
        JsonText text = JsonText.read(file);
        byte[] bytes = text.text().getBytes(StandardCharsets.UTF_8);
        int bodyBytes = bytes.length - end(0).length;
        boolean sound = bodyBytes > 0
                && Arrays.equals(
                        end(Crc32c.of(MemorySegment.ofArray(bytes).asSlice(0, bodyBytes))),
                        Arrays.copyOfRange(bytes, bodyBytes, bytes.length));
        if (!sound) {
            throw new MalformedCheckpointException(
                    file, "found a text that its checksum at the end does not fit, expected what weir merge wrote");
        }
        try {
            return JSON.readTree(text.text());
        } catch (JacksonException e) {
            throw new MalformedCheckpointException(file, null, null, "found no JSON object", e);
        }
    }

    /** What to say of a manifest with values that no merge has written. */
    public static MalformedCheckpointException malformed(Path folder, Exception cause) {
        String what = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        String reason = "found options or paths of no merge (" + what + "), expected what weir merge wrote";
        return new MalformedCheckpointException(folder.resolve(FILE_NAME), null, null, reason, cause);
    }

    private static byte[] end(int bodySum) {
        return ",\n\"crc32c\": \"%s\"\n}\n".formatted(Crc32c.text(bodySum)).getBytes(StandardCharsets.UTF_8);
    }
}
