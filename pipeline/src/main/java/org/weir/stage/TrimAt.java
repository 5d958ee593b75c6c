package org.weir.stage;

import org.weir.simd.Bf16Fusion;
import org.weir.simd.Kernels;

/**
 * A {@link Trim} that knows all it needs.
 *
 * @param thresholdBits the smallest magnitude to keep, as the bits of a non-negative float
 * @param tiesEndBlock entries equal to it stay in the blocks before this one,
 * @param tiesEndInBlock and in this one up to this index
 */
record TrimAt(int thresholdBits, int tiesEndBlock, int tiesEndInBlock) implements TileOp {

    private static final int INFINITY = 0x7f800000;

    static TrimAt keepingTies(int thresholdBits) {
        return new TrimAt(thresholdBits, Integer.MAX_VALUE, 0);
    }

    static TrimAt keepingNothing() {
        return new TrimAt(Integer.MAX_VALUE, -1, 0);
    }

    @Override
    public void apply(Strip strip, Strip base, Kernels kernels) {
        int n = strip.length();
        int tiesEnd = tiesEnd(strip);
        kernels.trim(strip.values(), 0, tiesEnd, thresholdBits, true);
        kernels.trim(strip.values(), tiesEnd, n, thresholdBits, false);
    }

    /** Zeroes what {@link #apply} keeps. */
    void applyToOthers(Strip strip, Kernels kernels) {
        int tiesEnd = tiesEnd(strip);
        kernels.cutAbove(strip.values(), 0, tiesEnd, thresholdBits - 1);
        kernels.cutAbove(strip.values(), tiesEnd, strip.length(), thresholdBits);
    }

    private int tiesEnd(Strip strip) {
        if (strip.block() != tiesEndBlock) {
            return strip.block() < tiesEndBlock ? strip.length() : 0;
        }
        return Math.clamp(tiesEndInBlock - (long) strip.offsetInBlock(), 0, strip.length());
    }

    /** Elements among which the last tie to keep lies are left to strips: the loop knows one cut for all of them. */
    @Override
    public boolean fuse(Bf16Fusion fusion, int expert, int block, int from, int to) {
        boolean before = block < tiesEndBlock || (block == tiesEndBlock && to <= tiesEndInBlock);
        boolean after = block > tiesEndBlock || (block == tiesEndBlock && from >= tiesEndInBlock);
        return (before || after) && fusion.cut(expert, before ? thresholdBits - 1 : thresholdBits);
    }

    /** They are the largest magnitudes there are, and stay unless so many are that the threshold is one of them. */
    @Override
    public boolean showsNonFinite() {
        return thresholdBits < INFINITY;
    }

    @Override
    public String label() {
        return "trim";
    }
}
