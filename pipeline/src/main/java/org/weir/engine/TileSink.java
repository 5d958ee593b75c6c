package org.weir.engine;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Where finished tiles go; called by all workers at once. */
@FunctionalInterface
public interface TileSink {

    /**
     * Takes a tile.
     *
     * @param tensor index of the tensor in the plan
     * @param offsetBytes where in the tensor it belongs
     * @param bytes the worker's own memory, good until this returns
     * @param found what was found out about them, which whoever goes on with the merge has to know
     */
    void write(int tensor, long offsetBytes, MemorySegment bytes, ByteBuffer found) throws IOException;

    /**
     * The first byte of a tensor from {@code begin} on that is wanted, or {@code end} if none before that is: what is
     * there from an earlier run is not made again.
     */
    default long firstMissing(int tensor, long begin, long end) {
        return begin;
    }

    /** Where the run of wanted bytes ends that begins at {@code begin}, or {@code end} if it is longer. */
    default long missingUntil(int tensor, long begin, long end) {
        return end;
    }
}
