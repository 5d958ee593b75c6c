package org.weir.cli;

import java.util.Locale;

/** Durations as people read them. */
final class Seconds {
    private Seconds() {}

    static double since(long startNanos) {
        return (System.nanoTime() - startNanos) / 1e9;
    }

    /** {@code 0.42 s}, {@code 12.3 s}, {@code 4 min 05 s}, {@code 2 h 07 min}. */
    static String text(double seconds) {
        if (seconds < 59.95) {
            return String.format(Locale.ROOT, seconds < 9.995 ? "%.2f s" : "%.1f s", seconds);
        }
        long whole = Math.round(seconds);
        return whole < 3600
                ? String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole % 3600 / 60);
    }
}
