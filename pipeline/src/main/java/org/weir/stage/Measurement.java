package org.weir.stage;

/**
 * Measures before any output of the tensor (or model) is made: one expert's deltas, or those of all experts side by side.
 *
 * <p>One instance serves one reading. Workers share it: each hands in strips together with a table of its own, and a
 * block is always handed in whole, in order, by one worker. So per-block results need no lock, and tables of counts are
 * added up at the end, where the order does not matter.
 */
public sealed interface Measurement extends Stage permits Survey, JointSurvey {

    /** Entries of the worker's table that this needs. */
    int tableEntries();

    /**
     * The next place of a block that it wants to see.
     *
     * @param block a block of its extent
     * @param offset an offset in the block
     * @return the offset of the first element wanted from there on, or {@link Strip#BLOCK_ELEMENTS} for none
     */
    default int next(int block, int offset) {
        return offset;
    }

    /** How many elements it wants to see from such a place on, at most {@link Strip#ELEMENTS}. */
    default int runLength() {
        return Strip.ELEMENTS;
    }

    /** Whether it reads the whole extent, not just a few places. */
    default boolean readsAll() {
        return true;
    }

    /** Takes over one worker's table when all strips have been seen; called once per worker, by one thread. */
    void absorb(long[] table, int tableFrom);
}
