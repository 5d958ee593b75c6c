package org.weir.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
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
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SequenceWriter;
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

    private static final ObjectWriter ON_LINES = JSON.writer().withRootValueSeparator(",\n");

    private final CheckedOutputStream text;
    private String separator = "{\n";

    /** What is in one. */
    public interface Content {
        void writeTo(Manifest manifest) throws IOException;
    }

    private Manifest(OutputStream to) {
        this.text = new CheckedOutputStream(to, new CRC32C());
    }

    /** Writes it as it comes, with its own checksum: of very many tensors it is long. */
    static void write(Content content, OutputStream to) throws IOException {
        Manifest manifest = new Manifest(to);
        content.writeTo(manifest);
        to.write(end((int) manifest.text.getChecksum().getValue()));
    }

    /** A field, on a line of its own. */
    public Manifest with(String name, Object value) throws IOException {
        begin(name);
        append(JSON.writeValueAsString(value));
        return this;
    }

    /** A field that is a list, an element on each line. */
    public Manifest with(String name, Stream<? extends Map<String, ?>> elements) throws IOException {
        begin(name);
        append("[\n");
        Iterator<? extends Map<String, ?>> each = elements.iterator();
        String end = each.hasNext() ? "\n]" : "]";
        ByteArrayOutputStream line = new ByteArrayOutputStream(); // Jackson would wrap what a disk says
        try (SequenceWriter lines = ON_LINES.writeValues(line)) {
            while (each.hasNext()) {
                lines.write(each.next());
                lines.flush();
                line.writeTo(text);
                line.reset();
            }
        }
        append(end);
        return this;
    }

    private void begin(String name) throws IOException {
        append(separator);
        append(JSON.writeValueAsString(name));
        append(": ");
        separator = ",\n";
    }

    private void append(String more) throws IOException {
        text.write(more.getBytes(StandardCharsets.UTF_8));
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
