package org.weir.stage;

import org.weir.simd.Kernels;

/**
 * Sums |δ| before and after a sparsifying operation.
 *
 * <p>f64 partial sums per block, joined in block order: the same for any tiles and threads.
 */
public final class L1Norms implements Survey {

    /** Norms below this are left alone, as mergekit does. */
    private static final double NEGLIGIBLE = 1e-7;

    private final TileOp sparsify;
    private final Extent extent;
    private final double[] before;
    private final double[] after;

    L1Norms(TileOp sparsify, Extent extent) {
        this.sparsify = sparsify;
        this.extent = extent;
        this.before = new double[extent.blocks()];
        this.after = new double[extent.blocks()];
    }

    @Override
    public int tableEntries() {
        return 0;
    }

    @Override
    public void accept(Strip strip, Strip base, long[] table, int tableFrom, Kernels kernels) {
        int block = strip.block() - extent.firstBlock();
        before[block] += kernels.sumMagnitudes(strip.values(), strip.length());
        sparsify.apply(strip, base, kernels);
        after[block] += kernels.sumMagnitudes(strip.values(), strip.length());
    }

    @Override
    public void absorb(long[] table, int tableFrom) {}

    /** ‖δ‖₁ before ÷ after, or 1 where either is next to nothing. */
    double ratio() {
        double whole = sum(before);
        double kept = sum(after);
        return whole < NEGLIGIBLE || kept < NEGLIGIBLE ? 1 : whole / kept;
    }

    private static double sum(double[] partials) {
        double sum = 0;
        for (double partial : partials) {
            sum += partial;
        }
        return sum;
    }

    @Override
    public String label() {
        return "L1 norms";
    }
}
