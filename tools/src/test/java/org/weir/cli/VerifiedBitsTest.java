package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.weir.checkpoint.CheckpointWriter;
import org.weir.checkpoint.DType;
import org.weir.checkpoint.FolderCheck;
import org.weir.checkpoint.Manifest;
import org.weir.checkpoint.Shape;
import org.weir.checkpoint.ShardLayout;
import org.weir.checkpoint.TensorInfo;

/** Every single bit of an output, flipped one at a time. */
class VerifiedBitsTest {
    private static final int BYTES = 400;

    @TempDir
    private Path temp;

    private Path out = Path.of("");

    /** Of two shards, so that there is an index. */
    @BeforeEach
    void merge() throws IOException {
        out = temp.resolve("out");
        for (String model : List.of("one", "two")) {
            ShardLayout layout = ShardLayout.of(
                    List.of(
                            new TensorInfo("a", DType.BF16, Shape.of(BYTES / 2)),
                            new TensorInfo("b", DType.BF16, Shape.of(BYTES / 2))),
                    2 * BYTES);
            byte[] weights = new byte[BYTES];
            new Random(model.hashCode()).nextBytes(weights);
            try (CheckpointWriter writer = CheckpointWriter.create(temp.resolve(model), layout, false)) {
                writer.write(0, 0, MemorySegment.ofArray(weights));
                writer.write(1, 0, MemorySegment.ofArray(weights));
                writer.addFile("config.json", "{\"vocab_size\": 3}".getBytes(StandardCharsets.UTF_8));
                writer.publish();
            }
        }
        Path config = Files.writeString(temp.resolve("linear.yml"), """
                merge_method: linear
                models: [{model: %1$s/one}, {model: %1$s/two}]
                parameters: {weight: 0.5}
                """.formatted(temp));
        Ran ran = Ran.weir("merge", config, out, "--out-shard-size", BYTES, "--non-finite", "warn");
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
    }

    @Test
    void everyBitOfEveryFileCounts() throws IOException {
        long flipped = 0;
        try (Stream<Path> files = Files.list(out)) {
            for (Path file : files.sorted().toList()) {
                flipped += flipAll(file);
            }
        }
        assertTrue(flipped > 8 * (2 * BYTES + 1000), flipped + " bits");
        assertEquals(ExitCode.DONE, Ran.weir("verify", out).code());
    }

    private long flipAll(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            for (long bit = 0; bit < 8L * bytes.length; bit++) {
                int at = (int) (bit / 8);
                put(access, at, bytes[at] ^ 1 << bit % 8);
                assertTrue(isDamaged(), file + " byte " + at + " bit " + bit % 8);
                put(access, at, bytes[at]);
            }
        }
        return 8L * bytes.length;
    }

    private static void put(RandomAccessFile file, int at, int value) throws IOException {
        file.seek(at);
        file.write(value);
    }

    private boolean isDamaged() {
        try {
            return !new FolderCheck(out, Manifest.read(out)).run(1, bytes -> {}).isEmpty();
        } catch (IOException e) {
            return true;
        }
    }
}
