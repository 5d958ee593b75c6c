package org.weir.cli;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.weir.plan.MergePlan;

/** How fast this machine reads memory: measured once, then remembered under the user's cache folder. */
final class ReadSpeed {
    /** A merge this long can wait half a second for a measurement. */
    private static final double LONG_SECONDS = 5;

    private static final int SHARE_OF_MEMORY = 16;

    private ReadSpeed() {}

    /** What is remembered, or is measured now if the run was long and has memory left for it. */
    static OptionalDouble after(double seconds, MergePlan plan) {
        Path file = file(System.getenv("XDG_CACHE_HOME"));
        OptionalDouble known = remembered(file);
        if (known.isPresent() || seconds < LONG_SECONDS || !fits(plan)) {
            return known;
        }
        try {
            double measured = ReadProbe.bytesPerSecond();
            remember(file, measured);
            return OptionalDouble.of(measured);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return OptionalDouble.empty();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean fits(MergePlan plan) {
        OptionalLong limit = plan.options().memoryBytes();
        return limit.isPresent()
                ? plan.memory().totalBytes() + ReadProbe.memoryBytes() <= limit.getAsLong()
                : ReadProbe.memoryBytes() <= Machine.memoryBytes() / SHARE_OF_MEMORY;
    }

    static Path file(@Nullable String cacheHome) {
        Path cache = cacheHome != null && cacheHome.startsWith("/")
                ? Path.of(cacheHome)
                : Path.of(System.getProperty("user.home"), ".cache");
        return cache.resolve("weir").resolve("read-speed.properties");
    }

    static OptionalDouble remembered(Path file) {
        String speed = read(file).getProperty(machine(), "");
        try {
            double bytesPerSecond = Double.parseDouble(speed);
            return bytesPerSecond > 0 ? OptionalDouble.of(bytesPerSecond) : OptionalDouble.empty();
        } catch (NumberFormatException e) {
            return OptionalDouble.empty();
        }
    }

    /** A speed that cannot be remembered is measured again the next time. */
    static void remember(Path file, double bytesPerSecond) {
        try {
            Files.createDirectories(file.getParent());
            Properties speeds = read(file);
            speeds.setProperty(machine(), Long.toString(Math.round(bytesPerSecond)));
            Path made = Files.createTempFile(file.getParent(), "read-speed", "");
            try (Writer writer = Files.newBufferedWriter(made)) {
                speeds.store(writer, "bytes a second at which memory is read");
            }
            Files.move(made, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException | RuntimeException e) {
            // See above.
        }
    }

    private static Properties read(Path file) {
        Properties speeds = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            speeds.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            speeds.clear();
        }
        return speeds;
    }

    private static String machine() {
        return Machine.cpu() + " / " + Machine.cores();
    }
}
