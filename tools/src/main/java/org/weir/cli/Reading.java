package org.weir.cli;

import java.util.OptionalDouble;

/**
 * How far a run is.
 *
 * @param phase what it is at
 * @param doneBytes in all phases
 * @param seconds since it began
 * @param bytesPerSecond of late
 */
record Reading(String phase, long doneBytes, long totalBytes, double seconds, double bytesPerSecond) {
    /** At the present rate; empty where there is none, or where it is still that of the first moments. */
    OptionalDouble secondsLeft() {
        boolean early = seconds < 30 && doneBytes < totalBytes / 100;
        return bytesPerSecond > 0 && !early
                ? OptionalDouble.of((totalBytes - doneBytes) / bytesPerSecond)
                : OptionalDouble.empty();
    }
}
