package org.weir.cli;

import java.util.OptionalDouble;

/** How far a run is: what it is at, the bytes of all its phases, and the seconds since it began. */
record Reading(String phase, long doneBytes, long totalBytes, double seconds) {
    double bytesPerSecond() {
        return seconds > 0 ? doneBytes / seconds : 0;
    }

    /** At the rate so far; empty before there is one. */
    OptionalDouble secondsLeft() {
        return doneBytes > 0 && seconds > 0
                ? OptionalDouble.of((totalBytes - doneBytes) / bytesPerSecond())
                : OptionalDouble.empty();
    }
}
