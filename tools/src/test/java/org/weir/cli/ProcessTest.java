package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What only a process of its own shows: signals and streams that fail. */
@Timeout(120)
class ProcessTest {
    @TempDir
    private Path temp;

    @Test
    void sigtermEndsItWith143AndTakesTheStagingAway() throws Exception {
        Path out = temp.resolve("out");
        Process synth = start(ProcessBuilder.Redirect.DISCARD, "synth", out.toString(), "--preset", "0.5b");
        while (synth.isAlive() && names(out).isEmpty()) {
            Thread.sleep(20);
        }
        synth.toHandle().destroy();
        String err = new String(synth.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(synth.waitFor(60, TimeUnit.SECONDS));
        assertEquals(143, synth.exitValue(), err);
        assertEquals(List.of(), names(out));
    }

    @Test
    void resultsThatCannotBePrintedAreSaidSo() throws Exception {
        Process methods = start(ProcessBuilder.Redirect.to(new File("/dev/full")), "methods");
        String err = new String(methods.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(ExitCode.IO, methods.waitFor());
        assertTrue(err.contains("weir: cannot write to stdout: No space left on device"), err);
    }

    @Test
    void aReaderThatLeavesIsNoFailure() throws Exception {
        Process methods = start(ProcessBuilder.Redirect.PIPE, "methods", "ties");
        methods.getInputStream().close();
        String err = new String(methods.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(ExitCode.DONE, methods.waitFor(), err);
        assertTrue(err.lines().allMatch(line -> line.startsWith("WARNING: Using incubator modules")), err);
    }

    static Process start(ProcessBuilder.Redirect out, String... args) throws IOException {
        List<String> java = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Main.class.getName());
        return new ProcessBuilder(Stream.concat(java.stream(), Stream.of(args)).toList())
                .redirectOutput(out)
                .start();
    }

    private static List<String> names(Path folder) throws IOException {
        if (Files.notExists(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
