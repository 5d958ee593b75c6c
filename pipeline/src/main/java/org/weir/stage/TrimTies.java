package org.weir.stage;

import org.weir.simd.Kernels;

/**
 * A {@link Trim} that knows its threshold, and in which block the last of the equal entries to stay lies.
 *
 * @param thresholdBits the k-th largest magnitude
 * @param block the block
 * @param keptInBlock how many equal entries of that block stay, at least 1
 * @param scope what is ranked
 */
record TrimTies(int thresholdBits, int block, int keptInBlock, Scope scope) implements TileOp {

    @Override
    public boolean ready() {
        return false;
    }

    @Override
    public Survey survey(Extent extent, int maxTableEntries) {
        return new TieSearch(this);
    }

    @Override
    public TileOp measured(Survey survey) {
        return new TrimAt(thresholdBits, block, ((TieSearch) survey).end());
    }

    @Override
    public void apply(Strip strip, Strip base, Kernels kernels) {
        throw new IllegalStateException("the last tie to keep is not known yet");
    }

    @Override
    public String label() {
        return "trim";
    }
}
