package org.weir.cli;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.weir.simd.Kernels;

/** What a measurement was taken on. */
final class Machine {
    private Machine() {}

    static Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("weir", Version.number());
        json.put("java", Runtime.version().toString());
        json.put("vm", System.getProperty("java.vm.name") + ", " + System.getProperty("java.vendor"));
        json.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        json.put("arch", System.getProperty("os.arch"));
        json.put("cpu", cpu());
        json.put("cores", cores());
        json.put("memoryBytes", memoryBytes());
        json.put("kernels", Kernels.best().description());
        return json;
    }

    /** The model's name, or else the architecture's. */
    static String cpu() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException | UncheckedIOException e) {
            return System.getProperty("os.arch");
        }
    }

    static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    static long memoryBytes() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
    }
}
