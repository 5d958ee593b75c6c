package org.weir.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process that was run to its end.
 *
 * @param stdout all that it printed
 */
record Launch(double seconds, long peakAnonBytes, long peakResidentBytes, String stdout) {
    private static final int SAMPLE_MILLIS = 2;

    /**
     * Runs and watches a process; what it says on stderr goes to a file.
     *
     * @throws IOException if it fails
     */
    static Launch of(List<String> command, Path log) throws IOException, InterruptedException {
        Path stdout = Path.of(log + ".stdout");
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectError(log.toFile())
                .redirectOutput(stdout.toFile())
                .start();
        try {
            long anon = 0;
            long resident = 0;
            while (!process.waitFor(SAMPLE_MILLIS, TimeUnit.MILLISECONDS)) {
                List<String> status = status(process.pid());
                anon = Math.max(anon, bytes(status, "RssAnon:"));
                resident = Math.max(resident, bytes(status, "VmHWM:"));
            }
            double seconds = (System.nanoTime() - start) / (double) TimeUnit.SECONDS.toNanos(1);
            if (process.exitValue() != 0) {
                throw new IOException(String.join(" ", command) + ": exit code " + process.exitValue() + "\n"
                        + Files.readString(log));
            }
            return new Launch(seconds, anon, resident, Files.readString(stdout, StandardCharsets.UTF_8));
        } finally {
            process.destroy();
        }
    }

    private static List<String> status(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status"));
        } catch (IOException e) {
            return List.of(); // it has just ended
        }
    }

    private static long bytes(List<String> status, String key) {
        return status.stream()
                .filter(line -> line.startsWith(key))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                .findAny()
                .orElse(0);
    }
}
