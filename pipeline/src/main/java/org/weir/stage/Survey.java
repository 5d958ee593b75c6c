package org.weir.stage;

import java.lang.foreign.MemorySegment;
import org.weir.simd.Kernels;

/**
 * Measures one expert's deltas before any output of the tensor (or model) is made.
 *
 * <p>One instance serves one reading. Workers share it: each hands in strips together with a table of its own, and a
 * block is always handed in whole, in order, by one worker. So per-block results need no lock, and tables of counts are
 * added up at the end, where the order does not matter.
 */
public sealed interface Survey extends Stage
        permits MagnitudeSample, MagnitudeList, MagnitudeCount, TieSearch, L1Norms {

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

    /**
     * Takes a strip in.
     *
     * @param strip the expert's strip as the operations before left it; may be rewritten
     * @param base the base's strip of the same place
     * @param table the worker's table
     * @param tableFrom where this survey's entries begin in it
     */
    void accept(Strip strip, Strip base, long[] table, int tableFrom, Kernels kernels);

    /**
     * Takes in bf16 elements in one loop over the files, where the only operation before is the difference to the base.
     *
     * @param first index within the tensor of the first one; all lie in {@code block}
     * @return false, and nothing taken in, if it has to see strips
     */
    default boolean acceptBf16Deltas(
            MemorySegment base, MemorySegment expert, long first, int n, int block, long[] table, int tableFrom) {
        return false;
    }

    /** Takes over one worker's table when all strips have been seen; called once per worker, by one thread. */
    void absorb(long[] table, int tableFrom);
}
