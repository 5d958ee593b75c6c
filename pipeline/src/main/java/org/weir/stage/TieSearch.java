package org.weir.stage;

import org.weir.simd.Kernels;

/** Finds the place of the m-th entry of one block that equals the threshold. */
public final class TieSearch implements Survey {

    private static final int MAGNITUDE_BITS = 0x7fffffff;

    private final TrimTies ties;
    private int left;
    private int end;

    TieSearch(TrimTies ties) {
        this.ties = ties;
        this.left = ties.keptInBlock();
    }

    @Override
    public int tableEntries() {
        return 0;
    }

    @Override
    public int next(int block, int offset) {
        return block == ties.block() ? offset : Strip.BLOCK_ELEMENTS;
    }

    @Override
    public boolean readsAll() {
        return false;
    }

    @Override
    public void accept(Strip strip, Strip base, long[] table, int tableFrom, Kernels kernels) {
        float[] values = strip.values();
        for (int i = 0; i < strip.length() && left > 0; i++) {
            if ((Float.floatToRawIntBits(values[i]) & MAGNITUDE_BITS) == ties.thresholdBits() && --left == 0) {
                end = strip.offsetInBlock() + i + 1;
            }
        }
    }

    @Override
    public void absorb(long[] table, int tableFrom) {}

    /** Index within the block after the last equal entry to keep. */
    int end() {
        return end;
    }

    @Override
    public String label() {
        return "ties at the threshold";
    }
}
