package org.weir.stage;

import org.weir.simd.Kernels;

/** Counts what is not zero. */
final class NonZeros implements Survey {

    private long count;

    @Override
    public int tableEntries() {
        return 1;
    }

    @Override
    public void accept(Strip strip, Strip base, long[] table, int tableFrom, Kernels kernels) {
        table[tableFrom] += kernels.countNonZero(strip.values(), strip.length());
    }

    @Override
    public void absorb(long[] table, int tableFrom) {
        count += table[tableFrom];
    }

    long count() {
        return count;
    }

    @Override
    public String label() {
        return "zeros";
    }
}
