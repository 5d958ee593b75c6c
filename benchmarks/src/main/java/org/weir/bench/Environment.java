package org.weir.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.weir.simd.Kernels;

/** Where numbers come from, without which they say nothing. */
record Environment(String command) {
    /** Of the repository, where everything is built; the scripts say where it is. */
    static Path root() {
        return Path.of(System.getProperty("weir.root", "")).toAbsolutePath();
    }

    List<String> lines() {
        return List.of(
                "Command: `" + command + "`, " + LocalDate.now(ZoneOffset.UTC),
                "Commit: " + commit(),
                "Machine: " + firstValue("/proc/cpuinfo", "model name") + ", "
                        + Runtime.getRuntime().availableProcessors() + " processors, "
                        + memory() + ", Linux " + System.getProperty("os.version") + ", Java " + Runtime.version()
                        + ", " + Kernels.best().description(),
                "Load over the minute before: " + load());
    }

    private static String commit() {
        return output("git", "-C", root().toString(), "describe", "--always", "--dirty", "--abbrev=12");
    }

    private static String memory() {
        String kilobytes = firstValue("/proc/meminfo", "MemTotal").replace(" kB", "");
        try {
            return Long.parseLong(kilobytes) * 1024 / 1_000_000_000 + " GB of memory";
        } catch (NumberFormatException e) {
            return "unknown memory";
        }
    }

    /** Others' work that shares the machine shows here: 0 is quiet. */
    private static String load() {
        try {
            return Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0];
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static String firstValue(String file, String key) {
        try {
            return Files.readAllLines(Path.of(file)).stream()
                    .filter(line -> line.startsWith(key))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static String output(String... arguments) {
        try {
            Process process = new ProcessBuilder(arguments)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return text.isEmpty() ? "unknown" : text;
        } catch (IOException e) {
            return "unknown";
        }
    }
}
