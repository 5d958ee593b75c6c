package org.weir.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many files may be mapped at a time. The kernel counts every mapping of a process, those of the JVM too, and one
 * that cannot map any more dies in places that nobody expects; so the count ends well before the kernel's does.
 */
final class MappingLimit {
    private static final Path SETTING = Path.of("/proc/sys/vm/max_map_count");
    private static final int KERNELS_DEFAULT = 65_530;
    /** What threads, heap, libraries and buffers of a large JVM take. */
    private static final int OTHERS = 8_192;

    private static final int MOST = most();
    private static final AtomicInteger MAPPED = new AtomicInteger();

    private MappingLimit() {}

    /**
     * Counts one more.
     *
     * @throws TooManyFilesException if there may be no more
     */
    static void take(Path file) throws TooManyFilesException {
        if (MAPPED.incrementAndGet() > MOST) {
            give();
            throw new TooManyFilesException(file, MOST);
        }
    }

    /** One less. */
    static void give() {
        MAPPED.decrementAndGet();
    }

    private static int most() {
        // Read in one go, and not byte by byte as the JDK does with files of size 0: the rest would be missing.
        try (InputStream in = Files.newInputStream(SETTING)) {
            byte[] digits = new byte[20];
            int length = Math.max(0, in.read(digits));
            int setting = Integer.parseInt(new String(digits, 0, length, StandardCharsets.US_ASCII).strip());
            return Math.max(setting / 2, setting - OTHERS);
        } catch (IOException | NumberFormatException e) {
            return KERNELS_DEFAULT - OTHERS;
        }
    }
}
