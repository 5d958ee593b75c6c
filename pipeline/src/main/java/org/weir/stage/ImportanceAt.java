package org.weir.stage;

import org.weir.simd.Kernels;

/** An {@link Importance} that knows all it needs: for each row the smallest magnitude of δ to keep, as bits. */
final class ImportanceAt implements TileOp {

    private final long rowElements;
    private final int[] thresholdBits;

    ImportanceAt(long rowElements, int[] thresholdBits) {
        this.rowElements = rowElements;
        this.thresholdBits = thresholdBits;
    }

    @Override
    public void apply(Strip strip, Strip base, Kernels kernels) {
        kernels.subtract(strip.values(), base.values(), strip.length());
        for (int from = 0; from < strip.length(); ) {
            int to = RowSums.endOfRow(strip, from, rowElements);
            int row = (int) ((strip.firstElement() + from) / rowElements);
            kernels.trim(strip.values(), from, to, thresholdBits[row], true);
            from = to;
        }
    }

    @Override
    public String label() {
        return "importance";
    }
}
