package org.weir.stage;

import org.weir.simd.Kernels;

/**
 * A {@link RowDropout} that knows the ranks of some rows: of use to the worker that has measured them, until it measures
 * others.
 */
final class RowDropoutAt implements TileOp {

    private static final int BY_PLACE = -1;

    private final RowDropout dropout;
    private final long[] keep48;
    private final int from;
    private final long start;
    private final int shift;

    private RowDropoutAt(RowDropout dropout, long[] keep48, int from, long start, int shift) {
        this.dropout = dropout;
        this.keep48 = keep48;
        this.from = from;
        this.start = start;
        this.shift = shift;
    }

    /**
     * With a probability for each element.
     *
     * @param keep48 the probabilities, from {@code from} on
     * @param start index within the tensor of the first one's element
     */
    static RowDropoutAt byPlace(RowDropout dropout, long[] keep48, int from, long start) {
        return new RowDropoutAt(dropout, keep48, from, start, BY_PLACE);
    }

    /** With a probability for all magnitude bits that are the same without the last {@code shift} of them. */
    static RowDropoutAt byMagnitude(RowDropout dropout, long[] keep48, int from, int shift) {
        return new RowDropoutAt(dropout, keep48, from, 0, shift);
    }

    @Override
    public void apply(Strip strip, Strip base, Kernels kernels) {
        float[] x = strip.values();
        int n = strip.length();
        if (shift == BY_PLACE) {
            int first = from + (int) (strip.firstElement() - start);
            kernels.dropoutEach(x, n, dropout.random(), strip.firstElement(), keep48, first, dropout.rescale());
            return;
        }
        for (int i = 0; i < n; i++) {
            long keep = keep48[from + ((Float.floatToRawIntBits(x[i]) & Integer.MAX_VALUE) >>> shift)];
            if (!dropout.random().keeps(strip.firstElement() + i, keep)) {
                x[i] = 0;
            } else if (dropout.rescale()) {
                x[i] /= (float) (keep * 0x1p-48);
            }
        }
    }

    @Override
    public String label() {
        return dropout.label();
    }
}
