package org.weir.cli;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The rate of late: over the last readings, because a merge starts slowly, while the JVM compiles, and changes its speed
 * where files leave the page cache.
 */
final class Pace {
    private static final int READINGS = 8;

    private record Mark(long nanos, long bytes) {}

    private final Deque<Mark> marks = new ArrayDeque<>();

    Pace(long startNanos) {
        this(startNanos, 0);
    }

    /** Of a run that is not at its beginning. */
    Pace(long startNanos, long doneBytes) {
        marks.add(new Mark(startNanos, doneBytes));
    }

    double bytesPerSecond(long nowNanos, long doneBytes) {
        Mark oldest = marks.getFirst();
        marks.add(new Mark(nowNanos, doneBytes));
        if (marks.size() > READINGS) {
            marks.removeFirst();
        }
        double seconds = (nowNanos - oldest.nanos()) / 1e9;
        return seconds > 0 ? (doneBytes - oldest.bytes()) / seconds : 0;
    }
}
