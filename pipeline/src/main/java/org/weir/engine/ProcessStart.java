package org.weir.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * When a process began, in the kernel's ticks since it was booted. The JDK would say it as a time of day, counted from
 * the boot's: that moves whenever the clock is set, and a merge that is running would be taken for another.
 */
final class ProcessStart {
    /** Of those that the kernel shows; proc(5) calls them clock ticks. */
    private static final int TICKS_PER_SECOND = 100;

    /** The 22nd field; the second is a name in parentheses, which may have spaces and parentheses of its own. */
    private static final int FIELDS_AFTER_NAME = 19;

    private ProcessStart() {}

    /** 0 where nobody knows, or the process is no more. */
    static long ticks(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[FIELDS_AFTER_NAME]);
        } catch (IOException | RuntimeException e) {
            return 0;
        }
    }

    /** How long ago that was. */
    static Duration since(long ticks) {
        try {
            double uptime =
                    Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ", -1)[0]);
            return Duration.ofMillis((long) (uptime * 1000) - ticks * 1000 / TICKS_PER_SECOND);
        } catch (IOException | RuntimeException e) {
            return Duration.ZERO;
        }
    }
}
