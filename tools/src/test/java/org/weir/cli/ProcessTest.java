package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What only a process of its own shows: signals and streams that fail. */
@Timeout(120)
class ProcessTest {
    @TempDir
    private Path temp;

    @Test
    void sigtermEndsItWith143AndTakesTheStagingAway() throws Exception {
        Path out = temp.resolve("out");
        Process synth = start(ProcessBuilder.Redirect.DISCARD, "synth", out.toString(), "--preset", "0.5b");
        while (synth.isAlive() && isEmpty(out)) {
            Thread.sleep(20);
        }
        synth.toHandle().destroy();
        String err = new String(synth.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(synth.waitFor(60, TimeUnit.SECONDS));
        assertEquals(143, synth.exitValue(), err);
        assertTrue(isEmpty(out));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "6, 6", "130, 143"})
    void aCommandThatASignalCannotStopAnyMoreKeepsItsExitCode(int ended, int status) throws Exception {
        Process late = process(List.of(), ProcessBuilder.Redirect.PIPE, Late.class, String.valueOf(ended));
        assertEquals('r', late.getInputStream().read());
        late.toHandle().destroy();
        assertTrue(late.waitFor(60, TimeUnit.SECONDS));
        assertEquals(status, late.exitValue());
    }

    /** Ends with the code that it is told, after a signal has reached it. */
    static final class Late {
        public static void main(String[] args) throws InterruptedException {
            CountDownLatch signal = new CountDownLatch(1);
            SignalStop signals = SignalStop.installed();
            signals.calls(signal::countDown);
            System.out.println("ready");
            signal.await();
            int code = Integer.parseInt(args[0]);
            signals.ended(code);
            System.exit(code);
        }
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

    /** Each takes 8 MiB of heap and as much beside it. */
    @Test
    void theFlagsOfTheLauncherLeaveRoomForTheWorkersOfALargeMachine() throws Exception {
        Path models = temp.resolve("models");
        assertEquals(0, Ran.weir("synth", models, "--experts", 1).code());
        Path config = Files.writeString(temp.resolve("ties.yml"), """
                merge_method: ties
                base_model: %1$s/base
                models: [{model: %1$s/expert-1}]
                parameters: {weight: 1, density: 0.5}
                """.formatted(models));
        Path out = temp.resolve("out");
        Process merge = start(ProcessBuilder.Redirect.DISCARD, "merge", config.toString(), out.toString(), "-j", "40");
        String err = new String(merge.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(ExitCode.DONE, merge.waitFor(), err);
    }

    @Test
    void aFullHeapIsSaidWithWhatNeedsLess() throws Exception {
        Path models = temp.resolve("models");
        assertEquals(0, Ran.weir("synth", models, "--experts", 1).code());
        Path config = Files.writeString(temp.resolve("linear.yml"), """
                merge_method: linear
                models: [{model: %1$s/base}, {model: %1$s/expert-1}]
                parameters: {weight: 1}
                """.formatted(models));
        Process merge = start(
                List.of("-XX:MaxDirectMemorySize=1m"),
                ProcessBuilder.Redirect.DISCARD,
                "merge",
                config.toString(),
                temp.resolve("out").toString());
        String err = new String(merge.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(ExitCode.RESOURCES, merge.waitFor(), err);
        assertTrue(err.contains("weir: out of memory: ") && err.contains("--num-threads"), err);
    }

    static Process start(ProcessBuilder.Redirect out, String... args) throws IOException {
        return start(List.of(), out, args);
    }

    private static Process start(List<String> flags, ProcessBuilder.Redirect out, String... args) throws IOException {
        return process(flags, out, Main.class, args);
    }

    private static Process process(List<String> flags, ProcessBuilder.Redirect out, Class<?> main, String... args)
            throws IOException {
        return new ProcessBuilder(command(flags, main, args))
                .redirectOutput(out)
                .start();
    }

    /** What starts it. */
    static List<String> command(List<String> flags, Class<?> main, String... args) {
        List<String> launcher = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "@src/main/launcher/jvm.args");
        List<String> program = List.of(
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                main.getName());
        return Stream.of(launcher, flags, program, List.of(args))
                .flatMap(List::stream)
                .toList();
    }

    private static boolean isEmpty(Path folder) throws IOException {
        return Files.notExists(folder) || SmallMerge.names(folder).isEmpty();
    }
}
