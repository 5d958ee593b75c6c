package org.weir.engine;

import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;
import org.agrona.concurrent.status.CountersManager;

/**
 * How far a merge is, in bytes of input, for somebody who looks from another thread. Agrona counters: each on cache lines
 * of its own, raised once per tile.
 */
public final class MergeProgress {

    /** What the merge is at. */
    public enum Phase {
        /** Counting and summing over whole tensors, which some methods need before they can merge. */
        SURVEYING,
        /** Reading, merging, writing. */
        MERGING,
        /** Making the result durable and giving it its name. */
        PUBLISHING
    }

    private static final int COUNTERS = 2;

    private final CountersManager counters = new CountersManager(
            new UnsafeBuffer(ByteBuffer.allocateDirect(COUNTERS * CountersManager.METADATA_LENGTH)),
            new UnsafeBuffer(ByteBuffer.allocateDirect(COUNTERS * CountersManager.COUNTER_LENGTH)));
    private final AtomicCounter done = counters.newCounter("input bytes done");
    private final AtomicCounter total = counters.newCounter("input bytes in total");
    private volatile Phase phase = Phase.SURVEYING;

    /** Bytes of input that have been dealt with, all sweeps together; those that a sweep could skip count as done. */
    public long doneBytes() {
        return done.get();
    }

    /** Bytes of input to deal with, 0 before the start. */
    public long totalBytes() {
        return total.get();
    }

    /** What it is at. */
    public Phase phase() {
        return phase;
    }

    void begin(long totalBytes) {
        total.set(totalBytes);
    }

    void enter(Phase next) {
        phase = next;
    }

    void advance(long bytes) {
        done.getAndAdd(bytes);
    }
}
