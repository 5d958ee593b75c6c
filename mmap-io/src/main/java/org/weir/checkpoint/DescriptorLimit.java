package org.weir.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many descriptors of inputs are kept open: half of what the process may have, so that outputs, counters and the JVM
 * find some too. What is read beyond that is opened for each read, which costs a few microseconds per tile.
 */
final class DescriptorLimit {
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final Pattern OPEN_FILES = Pattern.compile("Max open files +(\\d+)");
    /** What the JVM, its jars and everything else that is open at once may be. */
    private static final int OTHERS = 64;

    private static final int USUAL = 1024;

    private static final Semaphore ROOM = new Semaphore(Math.max(0, allowed() / 2 - OTHERS));

    private DescriptorLimit() {}

    /** Whether one more may stay open. */
    static boolean take() {
        return ROOM.tryAcquire();
    }

    static void give() {
        ROOM.release();
    }

    private static int allowed() {
        try {
            Matcher limit = OPEN_FILES.matcher(Files.readString(LIMITS));
            return limit.find() ? (int) Math.min(Long.parseLong(limit.group(1)), 1 << 20) : USUAL;
        } catch (IOException | NumberFormatException e) {
            return USUAL;
        }
    }
}
