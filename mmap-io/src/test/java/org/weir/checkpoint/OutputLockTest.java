package org.weir.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One writer for an output, among processes too, and a dead one is no obstacle. */
class OutputLockTest {
    private static final ShardLayout LAYOUT = ShardLayout.of(List.of(new TensorInfo("x", DType.U8, Shape.of(1))), 100);

    @TempDir
    Path folder;

    /** What the other process runs: a writer that never finishes. */
    static final class Holder {
        public static void main(String[] arguments) throws Exception {
            CheckpointWriter.create(Path.of(arguments[0]), LAYOUT, false);
            System.out.println("held");
            System.in.read();
        }
    }

    @Test
    void namesTheProcessThatWritesAndTakesOverWhenThatIsKilled() throws Exception {
        Path out = folder.resolve("out");
        Process holder = startHolder(out);
        try {
            for (int i = 0; i < 2; i++) {
                FileSystemException e =
                        assertThrows(FileSystemException.class, () -> CheckpointWriter.create(out, LAYOUT, false));
                String message = String.valueOf(e.getMessage());
                assertTrue(
                        message.contains("being written already, by weir: process " + holder.pid() + ", since 2"),
                        message);
            }
            Files.createFile(folder.resolve("out.staging/left"));
        } finally {
            holder.destroyForcibly().waitFor();
        }
        assertTrue(Files.exists(folder.resolve("out.staging.lock")));
        try (CheckpointWriter writer = CheckpointWriter.create(out, LAYOUT, false)) {
            writer.write(0, 0, MemorySegment.ofArray(new byte[1]));
            writer.publish();
        }
        assertFalse(Files.exists(out.resolve("left")));
        try (var files = Files.list(folder)) {
            assertEquals(List.of(out), files.toList());
        }
    }

    @Test
    void keepsItsLockWhenOthersInTheSameProcessAsk() throws Exception {
        Path out = folder.resolve("out");
        try (CheckpointWriter writer = CheckpointWriter.create(out, LAYOUT, false)) {
            assertThrows(FileSystemException.class, () -> CheckpointWriter.create(out, LAYOUT, false));
            // The descriptor of the second attempt, once closed, would have dropped the first one's lock.
            Process other = holderProcess(out).start();
            assertEquals(1, other.waitFor());
            writer.write(0, 0, MemorySegment.ofArray(new byte[1]));
        }
    }

    @Test
    void canBeTakenAgainWhenItWasLetGo() throws IOException {
        Path file = folder.toRealPath().resolve("lock");
        for (int i = 0; i < 3; i++) {
            try (OutputLock lock = OutputLock.take(file)) {
                assertFalse(lock.isLeftOver());
                assertTrue(Files.readString(file)
                        .startsWith("weir: process " + ProcessHandle.current().pid()));
            }
            assertFalse(Files.exists(file));
        }
    }

    @Test
    void refusesALockFileThatIsSomethingElse() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Files.createFile(folder.resolve("target")));
        assertThrows(FileSystemException.class, () -> OutputLock.take(link));
        Path pipe = folder.resolve("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        assertThrows(FileSystemException.class, () -> OutputLock.take(pipe));
        assertEquals(0, Files.size(folder.resolve("target")));
    }

    private static Process startHolder(Path out) throws IOException {
        Process process = holderProcess(out).start();
        BufferedReader output = process.inputReader();
        assertEquals("held", output.readLine());
        return process;
    }

    private static ProcessBuilder holderProcess(Path out) {
        String java = ProcessHandle.current().info().command().orElseThrow();
        return new ProcessBuilder(
                java,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                out.toString());
    }
}
