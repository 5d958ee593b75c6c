package org.weir.checkpoint;

import java.util.Arrays;

/**
 * Which bytes of a tensor are written, and their checksum, which does not show in which pieces they came. Pieces that
 * touch become one, so this stays small while a tensor is written from its start to its end.
 */
final class FinishedRanges {
    private final long totalBytes;
    /** Begin, end, begin, end ... ascending; no two ranges touch. */
    private long[] bounds = {};

    private int sum;

    FinishedRanges(long totalBytes) {
        this.totalBytes = totalBytes;
    }

    /** Adds a range, unless some of it is there: no byte counts twice. */
    synchronized boolean add(long begin, long end, int crc32c) {
        if (firstMissing(begin, end) != begin || missingUntil(begin, end) != end) {
            return false;
        }
        int at = boundsUpTo(begin);
        boolean touchesBefore = at > 0 && bounds[at - 1] == begin;
        boolean touchesNext = at < bounds.length && bounds[at] == end;
        int kept = touchesBefore ? at - 1 : at;
        int next = touchesNext ? at + 1 : at;
        long[] fresh = new long[kept + (touchesBefore ? 0 : 1) + (touchesNext ? 0 : 1) + bounds.length - next];
        System.arraycopy(bounds, 0, fresh, 0, kept);
        int to = kept;
        if (!touchesBefore) {
            fresh[to++] = begin;
        }
        if (!touchesNext) {
            fresh[to++] = end;
        }
        System.arraycopy(bounds, next, fresh, to, bounds.length - next);
        bounds = fresh;
        sum ^= Crc32c.moved(crc32c, totalBytes - end);
        return true;
    }

    /** The first byte from {@code begin} on that is missing, or {@code end} if none before that is. */
    synchronized long firstMissing(long begin, long end) {
        int at = boundsUpTo(begin);
        return at % 2 == 0 ? begin : Math.min(bounds[at], end);
    }

    /** Where the run of missing bytes ends that begins at {@code begin}, or {@code end} if it is longer. */
    synchronized long missingUntil(long begin, long end) {
        int at = boundsUpTo(begin);
        return at < bounds.length ? Math.min(bounds[at], end) : end;
    }

    synchronized long finishedBytes() {
        long bytes = 0;
        for (int i = 0; i < bounds.length; i += 2) {
            bytes += bounds[i + 1] - bounds[i];
        }
        return bytes;
    }

    boolean isWhole() {
        return finishedBytes() == totalBytes;
    }

    /** Of all bytes, once they are all there. */
    synchronized int crc32c() {
        return sum;
    }

    /** How many bounds are not beyond that byte: an odd number says that it is in a range. */
    private int boundsUpTo(long at) {
        int found = Arrays.binarySearch(bounds, at);
        return found >= 0 ? found + 1 : -found - 1;
    }
}
