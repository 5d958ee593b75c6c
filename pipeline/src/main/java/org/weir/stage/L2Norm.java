package org.weir.stage;

import org.weir.simd.Kernels;

/** Sums squares: f64 partials per block, joined in block order, the same for any tiles and threads. */
public final class L2Norm implements Survey {

    private final Extent extent;
    private final double[] partials;

    L2Norm(Extent extent) {
        this.extent = extent;
        this.partials = new double[extent.blocks()];
    }

    @Override
    public int tableEntries() {
        return 0;
    }

    @Override
    public void accept(Strip strip, Strip base, long[] table, int tableFrom, Kernels kernels) {
        partials[strip.block() - extent.firstBlock()] += kernels.dot(strip.values(), strip.values(), 0, strip.length());
    }

    @Override
    public void absorb(long[] table, int tableFrom) {}

    double norm() {
        double sum = 0;
        for (double partial : partials) {
            sum += partial;
        }
        return Math.sqrt(sum);
    }

    @Override
    public String label() {
        return "L2 norm";
    }
}
