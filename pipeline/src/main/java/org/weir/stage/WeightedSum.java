package org.weir.stage;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.weir.simd.Bf16Fusion;
import org.weir.simd.Kernels;

/**
 * Σ wᵢ·xᵢ ÷ divisor.
 *
 * @param weights one per expert; each is rounded to f32 once
 * @param divisor rounded to f32 once; 1 divides by nothing
 */
public record WeightedSum(List<Double> weights, double divisor) implements Fold {

    public WeightedSum {
        weights = List.copyOf(weights);
        if (divisor == 0) {
            throw new IllegalArgumentException("division by 0");
        }
    }

    @Override
    public int experts() {
        return weights.size();
    }

    @Override
    public int lanes() {
        return 1;
    }

    /** −0 is what changes nothing when added: from +0 a sum of negative zeros would come out positive. */
    @Override
    public void begin(float[][] lanes, int n) {
        Arrays.fill(lanes[0], 0, n, -0.0f);
    }

    @Override
    public void accept(int expert, Strip strip, float[][] lanes, Kernels kernels) {
        float weight = weights.get(expert).floatValue();
        kernels.addWeighted(lanes[0], strip.values(), weight, strip.length());
    }

    @Override
    public void finish(Strip place, float[][] lanes, Kernels kernels) {
        if ((float) divisor != 1) {
            kernels.divide(lanes[0], (float) divisor, place.length());
        }
    }

    @Override
    public Optional<Bf16Fusion> fusion(Optional<MemorySegment> base, long origin, float factor) {
        return Optional.of(Bf16Fusion.sum(Fold.rounded(weights), (float) divisor, base, origin, factor));
    }

    /** A weight of 0 makes NaN of an infinity, and so does another infinity; nothing makes it finite. */
    @Override
    public boolean showsNonFinite() {
        return true;
    }

    @Override
    public String label() {
        return "weighted sum";
    }
}
