package org.weir.stage;

import java.util.Arrays;
import java.util.List;
import org.weir.simd.Kernels;

/**
 * Consensus masks (Wang et al., arXiv:2405.07813): Σ δᵢ, in the places that matter to enough experts. A place matters to an
 * expert where its delta is larger than a share of what the others make of it: |δᵢ| > λᵢ·|Σ δ − δᵢ|.
 *
 * <pre>
 *   lane 0  Σ δᵢ    lane 1  how many experts a place matters to    lanes 2 ...  δ of each expert
 * </pre>
 *
 * @param shares λ, one per expert; each is rounded to f32 once
 * @param least how many experts are enough
 */
public record Consensus(List<Double> shares, int least) implements Fold {

    private static final int FIRST_DELTA = 2;

    public Consensus {
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
        Arrays.fill(lanes[0], 0, n, -0f);
        Arrays.fill(lanes[1], 0, n, 0f);
    }

    @Override
    public void accept(int expert, Strip strip, float[][] lanes, Kernels kernels) {
        System.arraycopy(strip.values(), 0, lanes[FIRST_DELTA + expert], 0, strip.length());
        kernels.addWeighted(lanes[0], strip.values(), 1, strip.length());
    }

    @Override
    public void finish(Strip place, float[][] lanes, Kernels kernels) {
        int n = place.length();
        for (int expert = 0; expert < experts(); expert++) {
            float share = shares.get(expert).floatValue();
            kernels.addDominant(lanes[1], lanes[FIRST_DELTA + expert], lanes[0], share, n);
        }
        kernels.keepWhere(lanes[0], lanes[1], least, n);
    }

    @Override
    public String label() {
        return "consensus";
    }
}
