package org.weir.stage;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.weir.simd.Kernels;

/**
 * SCE's select, calculate, erase (Wan et al., arXiv:2408.07990): in the places where the experts differ most, the mean of
 * the deltas that carry the sign of Σ δᵢ, weighted with each expert's share of the energy Σ δ² in these places.
 *
 * <pre>
 *   lanes 0–4  as in a sign election, but that lane 0 has no weights    lane 5  what the weights would have elected
 *   lanes 6 …  the experts' deltas, where places are selected
 * </pre>
 *
 * @param shares of the energy, one per expert; each is rounded to f32 once
 * @param selection cuts variances of places that are not selected; nothing selects all
 */
record EnergySum(List<Double> shares, Optional<TileOp> selection) implements Fold {

    static final int FIRST_DELTA = 6;
    static final String LABEL = "energy sum";

    EnergySum {
        shares = List.copyOf(shares);
    }

    @Override
    public int experts() {
        return shares.size();
    }

    @Override
    public int lanes() {
        return FIRST_DELTA + experts();
    }

    @Override
    public void begin(float[][] lanes, int n) {
        for (int lane = 0; lane < FIRST_DELTA; lane++) {
            Arrays.fill(lanes[lane], 0, n, 0f);
        }
    }

    @Override
    public void accept(int expert, Strip strip, float[][] lanes, Kernels kernels) {
        float[] x = strip.values();
        int n = strip.length();
        kernels.addWeighted(lanes[0], x, 1, n);
        kernels.vote(
                lanes[5],
                lanes[1],
                lanes[2],
                lanes[3],
                lanes[4],
                x,
                shares.get(expert).floatValue(),
                n);
        if (selection.isPresent()) {
            System.arraycopy(x, 0, lanes[FIRST_DELTA + expert], 0, n);
        }
    }

    @Override
    public void finish(Strip place, float[][] lanes, Kernels kernels) {
        int n = place.length();
        kernels.elect(lanes[0], lanes[0], lanes[1], lanes[2], lanes[3], lanes[4], true, n);
        if (selection.isPresent()) {
            kernels.sumOfSquaredDifferences(place.values(), lanes, FIRST_DELTA, experts(), n);
            selection.get().apply(place, place, kernels);
            kernels.keepWhere(lanes[0], place.values(), Float.MIN_VALUE, n);
        }
    }

    @Override
    public String label() {
        return LABEL;
    }
}
