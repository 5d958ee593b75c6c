package org.weir.stage;

import org.weir.simd.Kernels;

/**
 * The dot products of the experts, each taken as one vector.
 *
 * <p>f64 partial sums per block, joined in block order: the same for any tiles and threads.
 */
public final class TensorProducts implements JointSurvey {

    private final int experts;
    private final Extent extent;
    private final int pairs;
    private final double[] partials;

    TensorProducts(int experts, Extent extent) {
        this.experts = experts;
        this.extent = extent;
        this.pairs = DotProducts.pairs(experts);
        this.partials = new double[Math.multiplyExact(extent.blocks(), pairs)];
    }

    static long bytes(int experts, long elements) {
        return (long) Strip.blocks(elements) * DotProducts.pairs(experts) * Double.BYTES;
    }

    @Override
    public int tableEntries() {
        return 0;
    }

    @Override
    public void accept(Strip place, Strip base, float[][] lanes, long[] table, int tableFrom, Kernels kernels) {
        int at = (place.block() - extent.firstBlock()) * pairs;
        for (int i = 0; i < experts; i++) {
            for (int j = i; j < experts; j++) {
                partials[at++] += kernels.dot(lanes[i], lanes[j], 0, place.length());
            }
        }
    }

    @Override
    public void absorb(long[] table, int tableFrom) {}

    DotProducts products() {
        double[] sums = new double[pairs];
        for (int i = 0; i < partials.length; i++) {
            sums[i % pairs] += partials[i];
        }
        return new DotProducts(experts, sums);
    }

    @Override
    public String label() {
        return "dot products";
    }
}
