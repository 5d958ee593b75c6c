package org.weir.stage;

import java.util.List;
import org.weir.simd.Kernels;

/** An {@link Importance} that knows the divergences of the rows, and looks for the quartiles of the importances. */
final class ImportanceSearch implements TileOp {

    private static final float RANGES = 1.5f;
    private static final int INFINITY_BITS = 0x7f800000;

    private final long rowElements;
    private final float[] divergences;
    private final List<TileOp> quartiles;

    /** @param quartiles what keeps importances from each quartile on, lowest first */
    ImportanceSearch(long rowElements, float[] divergences, List<TileOp> quartiles) {
        this.rowElements = rowElements;
        this.divergences = divergences;
        this.quartiles = quartiles;
    }

    @Override
    public boolean ready() {
        return false;
    }

    @Override
    public Survey survey(Extent extent, int maxTableEntries) {
        return new OfImportance(rowElements, divergences, SideBySide.of(quartiles, extent, maxTableEntries));
    }

    @Override
    public TileOp measured(Survey survey) {
        List<TileOp> found = ((OfImportance) survey).surveys().measured(quartiles);
        return found.stream().allMatch(TileOp::ready)
                ? new ImportanceAt(rowElements, thresholds(found))
                : new ImportanceSearch(rowElements, divergences, found);
    }

    /** For each row the smallest magnitude of δ that matters enough. */
    private int[] thresholds(List<TileOp> found) {
        float lower = value(found.getFirst());
        float median = value(found.get(1));
        float upper = value(found.getLast());
        float least = median + RANGES * (upper - lower);
        int[] bits = new int[divergences.length];
        for (int row = 0; row < bits.length; row++) {
            bits[row] = smallest(divergences[row], least);
        }
        return bits;
    }

    private static float value(TileOp quartile) {
        return Float.intBitsToFloat(((TrimAt) quartile).thresholdBits());
    }

    /** By bisection, since products grow with their factor. A row with a NaN, or in a tensor with many, matters as a whole. */
    private static int smallest(float divergence, float least) {
        int lo = 0;
        int hi = INFINITY_BITS + 1;
        while (lo < hi) {
            int middle = (lo + hi) >>> 1;
            if (Float.intBitsToFloat(middle) * divergence < least) {
                lo = middle + 1;
            } else {
                hi = middle;
            }
        }
        return lo;
    }

    @Override
    public void apply(Strip strip, Strip base, Kernels kernels) {
        throw new IllegalStateException("the quartiles are not known yet");
    }

    @Override
    public String label() {
        return "importance";
    }
}
