package org.weir.stage;

import java.lang.foreign.MemorySegment;
import org.weir.simd.Kernels;

/** Measures one expert's deltas, for an operation that must know the tensor (or model) first. */
public sealed interface Survey extends Measurement
        permits MagnitudeSample,
                MagnitudeList,
                MagnitudeCount,
                TieSearch,
                L1Norms,
                NonZeros,
                SideBySide,
                SoftmaxSums,
                Divergences,
                OfImportance,
                RowRanks,
                L2Norm {

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
}
