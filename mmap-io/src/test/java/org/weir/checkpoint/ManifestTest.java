package org.weir.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Manifests as they are written, and as they are read again. */
class ManifestTest {
    @TempDir
    Path folder;

    private Path published(Manifest.Content content) throws IOException {
        Path out = folder.resolve("out");
        TensorInfo empty = new TensorInfo("empty", DType.U8, Shape.of(0));
        try (CheckpointWriter writer = CheckpointWriter.create(out, ShardLayout.of(List.of(empty), 1), false)) {
            writer.finish();
            writer.publish(content);
        }
        return out;
    }

    @Test
    void hasAFieldOrAnElementOnEachLineAndItsChecksumAtTheEnd() throws IOException {
        Path out = published(manifest -> manifest.with("a", "x\"y")
                .with("none", Stream.of())
                .with("one", Stream.of(Map.of("é", 1)))
                .with("two", Stream.of(Map.of("n", 1), Map.of("n", List.of(2)))));
        String text = Files.readString(out.resolve(Manifest.FILE_NAME));
        String body = """
                {
                "a": "x\\"y",
                "none": [
                ],
                "one": [
                {"é":1}
                ],
                "two": [
                {"n":1},
                {"n":[2]}
                ]""";
        assertEquals(body, text.substring(0, text.lastIndexOf(",\n")));
        JsonNode read = Manifest.read(out);
        assertEquals(2, read.get("two").get(1).get("n").get(0).asInt());
    }

    @Test
    void ofVeryManyTensorsIsReadAgainWhole() throws IOException {
        Path out = published(manifest -> manifest.with(
                "tensors", IntStream.range(0, 20_000).mapToObj(i -> Map.of("name", "tensor " + i, "offset", 7L * i))));
        JsonNode tensors = Manifest.read(out).get("tensors");
        assertEquals(20_000, tensors.size());
        for (int i = 0; i < tensors.size(); i++) {
            assertEquals(7L * i, tensors.get(i).get("offset").asLong());
        }
    }

    @Test
    void aWriteThatFailsIsThatFailureAndNotTheJsonLibrarys() {
        IOException full = new IOException("disk full");
        OutputStream disk = new OutputStream() {
            private int room = 10_000;

            @Override
            public void write(int one) throws IOException {
                if (--room < 0) {
                    throw full;
                }
            }
        };
        Stream<Map<String, Integer>> many = IntStream.range(0, 20_000).mapToObj(i -> Map.of("n", i));
        IOException thrown =
                assertThrows(IOException.class, () -> Manifest.write(manifest -> manifest.with("tensors", many), disk));
        assertEquals(full, thrown);
    }

    @Test
    void whatFailsWhileItIsWrittenLeavesNoOutput() {
        IOException problem = new IOException("no more");
        IOException thrown = assertThrows(
                IOException.class,
                () -> published(manifest -> {
                    manifest.with("a", 1);
                    throw problem;
                }));
        assertEquals(problem, thrown);
        assertFalse(Files.exists(folder.resolve("out")));
    }
}
