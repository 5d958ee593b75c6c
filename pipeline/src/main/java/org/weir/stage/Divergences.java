package org.weir.stage;

import org.weir.simd.Kernels;

/** How far the softmax of every row of an expert is from that of the base: KL(p ‖ q), 1e-8 added to all p and q. */
final class Divergences implements Survey {

    private static final double SMOOTHING = 1e-8;

    private final Extent extent;
    private final long rowElements;
    private final double[] expertSums;
    private final double[] baseSums;
    private final RowSums divergences;

    Divergences(Extent extent, long rowElements, double[] expertSums, double[] baseSums) {
        this.extent = extent;
        this.rowElements = rowElements;
        this.expertSums = expertSums;
        this.baseSums = baseSums;
        this.divergences = new RowSums(extent.elements(), rowElements);
    }

    @Override
    public int tableEntries() {
        return 0;
    }

    @Override
    public void accept(Strip strip, Strip base, long[] table, int tableFrom, Kernels kernels) {
        int block = strip.block() - extent.firstBlock();
        for (int from = 0; from < strip.length(); ) {
            int to = RowSums.endOfRow(strip, from, rowElements);
            int row = (int) ((strip.firstElement() + from) / rowElements);
            divergences.add(
                    row,
                    block,
                    kernels.divergence(
                            strip.values(), expertSums[row], base.values(), baseSums[row], SMOOTHING, from, to));
            from = to;
        }
    }

    @Override
    public void absorb(long[] table, int tableFrom) {}

    /** Of every row, rounded to f32. */
    float[] found() {
        double[] sums = divergences.sums();
        float[] rounded = new float[sums.length];
        for (int row = 0; row < sums.length; row++) {
            rounded[row] = (float) Math.max(0, sums[row]); // rounding may leave one below; NaN stays
        }
        return rounded;
    }

    @Override
    public String label() {
        return "divergence";
    }
}
