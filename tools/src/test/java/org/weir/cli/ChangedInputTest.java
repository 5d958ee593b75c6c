package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.weir.checkpoint.TensorReader.Way;

/** An input that changes under a merge, in a process of its own: the merge ends with its name, and the JVM lives. */
@Timeout(120)
class ChangedInputTest {
    private static final int ELEMENTS = 1 << 19;

    @TempDir
    private Path temp;

    enum Change {
        CUT_IN_HALF {
            @Override
            void make(Path file) throws IOException {
                truncate(file, Files.size(file) / 2);
            }
        },
        CUT_TO_NOTHING {
            @Override
            void make(Path file) throws IOException {
                truncate(file, 0);
            }
        },
        CUT_AND_GROWN_AGAIN {
            @Override
            void make(Path file) throws IOException {
                long sizeBytes = Files.size(file);
                truncate(file, 0);
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.write(ByteBuffer.allocate(1), sizeBytes - 1);
                }
            }
        },
        REMOVED {
            @Override
            void make(Path file) throws IOException {
                Files.delete(file);
            }
        },
        REPLACED {
            @Override
            void make(Path file) throws IOException {
                Path other = Files.copy(file, file.resolveSibling("other"));
                Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
            }
        },
        REWRITTEN_IN_PLACE {
            @Override
            void make(Path file) throws IOException {
                FileTime before = Files.getLastModifiedTime(file);
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.write(ByteBuffer.allocate(1000), Files.size(file) - 1000);
                }
                Files.setLastModifiedTime(file, before);
            }
        },
        APPENDED_TO {
            @Override
            void make(Path file) throws IOException {
                Files.write(file, new byte[10], StandardOpenOption.APPEND);
            }
        },
        TOUCHED {
            @Override
            void make(Path file) throws IOException {
                Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
            }
        };

        abstract void make(Path file) throws IOException;

        private static void truncate(Path file, long bytes) throws IOException {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(bytes);
            }
        }
    }

    static Stream<Arguments> changes() {
        return Stream.of(Way.MAPPED, Way.COPIED, Way.DIRECT)
                .flatMap(way -> Stream.of(Change.values())
                        .filter(change -> way == Way.MAPPED || change.ordinal() % 3 == way.ordinal() % 3)
                        .map(change -> Arguments.of(change, way)));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void endsTheMergeWithItsNameAndNoOutput(Change change, Way way) throws Exception {
        Launched weir = Launched.in(Files.createDirectory(temp.resolve("home")));
        Path base = model("base", 1);
        Path expert = model("expert", 2);
        Path config = Files.writeString(temp.resolve("c.yml"), """
                merge_method: task_arithmetic
                base_model: %s
                models: [{model: %s}]
                parameters: {weight: 0.5}
                """.formatted(base, expert));
        Path out = temp.resolve("out");
        String reader = "--reader=" + way.name().toLowerCase(Locale.ROOT);
        Process merge =
                weir.start(Map.of(), "merge", config, out, reader, "--read-limit=4M", "--tile-elements=16384", "-j2");
        Path staging = temp.resolve("out.staging");
        while (merge.isAlive() && Files.notExists(staging)) {
            Thread.sleep(10);
        }
        Thread.sleep(new Random().nextInt(800));
        assertTrue(merge.isAlive(), weir.err());
        change.make(expert);
        assertTrue(merge.waitFor(60, TimeUnit.SECONDS));
        assertEquals(ExitCode.INPUT, merge.exitValue(), weir.err());
        List<String> said =
                weir.err().lines().filter(line -> line.startsWith("weir: ")).toList();
        assertEquals(1, said.size(), weir.err());
        assertTrue(said.getFirst().startsWith("weir: " + expert + ": "), weir.err());
        assertFalse(Files.exists(out));
    }

    private Path model(String name, long seed) throws IOException {
        byte[] header = "{\"t\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
                .formatted(ELEMENTS, 4 * ELEMENTS)
                .getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + header.length + 4 * ELEMENTS).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(header.length).put(header);
        Random random = new Random(seed);
        while (file.hasRemaining()) {
            file.putFloat(random.nextFloat());
        }
        return Files.write(temp.resolve(name + ".safetensors"), file.array());
    }
}
