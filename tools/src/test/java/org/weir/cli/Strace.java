package org.weir.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * strace(1), attached to this JVM: to all its threads and to those that they start. It writes system calls down, and makes
 * the kernel answer some of them with an error.
 */
final class Strace implements AutoCloseable {
    private static final long PID = ProcessHandle.current().pid();
    private static final int PATIENCE_SECONDS = 20;
    private static final Pattern LINE =
            Pattern.compile("(\\d+) +(\\w+)\\((?:AT_FDCWD(?:<[^>]*>)?, )?(?:(?:\\d+<|\")(/[^\">]*)[\">])?.*");
    private static final Pattern WRITE = Pattern.compile("pwrite64\\(.*, \\d+, (\\d+)\\) += ");

    private final Process process;
    private final Path log;

    /** A call with the path that it begins with, or that of its descriptor; an empty one if it has none. */
    record Call(String thread, String name, Path path, String line) {
        /** Whether it was made to fail. */
        boolean isInjected() {
            return line.contains("(INJECTED)");
        }

        /** Where a write begins; 0 for all other calls. */
        long offsetBytes() {
            Matcher write = WRITE.matcher(line);
            return write.find() ? Long.parseLong(write.group(1)) : 0;
        }
    }

    private Strace(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Skips the test where this cannot be done. */
    static void require() throws IOException, InterruptedException {
        assumeTrue(Tool.isThere("strace"), "strace is not installed");
        Path log = Files.createTempFile("strace", ".log");
        try (Strace trial = new Strace(start(log, "-e", "trace=fsync"), log)) {
            assumeTrue(trial.attaches(), "strace may not be attached to a running process");
        } finally {
            Files.delete(log);
        }
    }

    /** Writes these calls down: {@code "fsync,rename"}. */
    static Strace watching(Path log, String calls) throws IOException, InterruptedException {
        return attached(log, "-e", "trace=" + calls);
    }

    /** Makes the k-th of these calls fail that a thread makes on the file. */
    static Strace failing(Path log, String call, String error, int k, Path file)
            throws IOException, InterruptedException {
        return failing(log, call, error, String.valueOf(k), "-P", file.toString());
    }

    /** Makes those of these calls fail that strace(1) is asked for with {@code when}: {@code "3+"} from the third on. */
    static Strace failing(Path log, String call, String error, String when, String... options)
            throws IOException, InterruptedException {
        String inject = "inject=" + call + ":error=" + error + ":when=" + when;
        Stream<String> which = Stream.of("-e", "trace=" + call, "-e", inject);
        return attached(log, Stream.concat(which, Stream.of(options)).toArray(String[]::new));
    }

    /** Lets go of the JVM. */
    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }

    /** What was written down; to be asked after it was closed. */
    List<Call> calls() throws IOException {
        return calls(log);
    }

    static List<Call> calls(Path log) throws IOException {
        return Files.readAllLines(log).stream()
                .map(LINE::matcher)
                .filter(Matcher::matches)
                .map(line -> new Call(
                        line.group(1),
                        line.group(2),
                        Path.of(line.group(3) == null ? "" : line.group(3)),
                        line.group()))
                .toList();
    }

    private static Strace attached(Path log, String... options) throws IOException, InterruptedException {
        Strace strace = new Strace(start(log, options), log);
        if (!strace.attaches()) {
            strace.close();
            throw new AssertionError("strace did not attach: " + List.of(options));
        }
        return strace;
    }

    private static Process start(Path log, String... options) throws IOException {
        List<String> command = Stream.concat(
                        Stream.of("strace", "-f", "-qq", "-y", "-o", log.toString(), "-p", String.valueOf(PID)),
                        Stream.of(options))
                .toList();
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private boolean attaches() throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (process.isAlive() && System.nanoTime() < end) {
            if (allThreadsAreTraced()) {
                return true;
            }
            Thread.sleep(5);
        }
        return false;
    }

    private static boolean allThreadsAreTraced() {
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            for (Path thread : threads.toList()) {
                if (Files.readString(thread.resolve("status")).contains("\nTracerPid:\t0\n")) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            return false; // a thread has ended meanwhile
        }
    }
}
