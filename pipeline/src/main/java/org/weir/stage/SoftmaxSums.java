package org.weir.stage;

import org.weir.simd.Kernels;

/** Σ exp x of every row of an expert and of the base, what softmax divides by. */
final class SoftmaxSums implements Survey {

    private final Extent extent;
    private final long rowElements;
    private final RowSums expert;
    private final RowSums base;

    SoftmaxSums(Extent extent, long rowElements) {
        this.extent = extent;
        this.rowElements = rowElements;
        this.expert = new RowSums(extent.elements(), rowElements);
        this.base = new RowSums(extent.elements(), rowElements);
    }

    @Override
    public int tableEntries() {
        return 0;
    }

    @Override
    public void accept(Strip strip, Strip baseStrip, long[] table, int tableFrom, Kernels kernels) {
        int block = strip.block() - extent.firstBlock();
        for (int from = 0; from < strip.length(); ) {
            int to = RowSums.endOfRow(strip, from, rowElements);
            int row = (int) ((strip.firstElement() + from) / rowElements);
            expert.add(row, block, kernels.sumOfExponentials(strip.values(), from, to));
            base.add(row, block, kernels.sumOfExponentials(baseStrip.values(), from, to));
            from = to;
        }
    }

    @Override
    public void absorb(long[] table, int tableFrom) {}

    /** Sweeps the experts' softmax next, which divides by what was found here. */
    Divergences divergences() {
        return new Divergences(extent, rowElements, expert.sums(), base.sums());
    }

    @Override
    public String label() {
        return "softmax";
    }
}
