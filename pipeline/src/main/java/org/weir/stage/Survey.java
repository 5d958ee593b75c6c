package org.weir.stage;

import org.weir.simd.Kernels;

/**
 * Measures one expert's deltas before any output of the tensor (or model) is made.
 *
 * <p>One instance serves one reading. Workers share it: each hands in strips together with a table of its own, and a
 * block is always handed in whole, in order, by one worker. So per-block results need no lock, and tables of counts are
 * added up at the end, where the order does not matter.
 */
public sealed interface Survey extends Stage permits MagnitudeCount, TieSearch, L1Norms {

    /** Entries of the worker's table that this needs. */
    int tableEntries();

    /** Whether it needs to see a block at all. */
    boolean wants(int block);

    /**
     * Takes a strip in.
     *
     * @param strip the expert's strip as the operations before left it; may be rewritten
     * @param base the base's strip of the same place
     * @param table the worker's table
     * @param tableFrom where this survey's entries begin in it
     */
    void accept(Strip strip, Strip base, long[] table, int tableFrom, Kernels kernels);

    /** Takes over one worker's table when all strips have been seen; called once per worker, by one thread. */
    void absorb(long[] table, int tableFrom);
}
