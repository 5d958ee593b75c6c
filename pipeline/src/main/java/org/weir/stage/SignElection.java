package org.weir.stage;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.weir.simd.Bf16Fusion;
import org.weir.simd.Kernels;

/**
 * TIES' election and disjoint merge (Yadav et al., arXiv:2306.01708): the sign of Σ wᵢ·δᵢ is elected per element (0
 * elects +), and the contributions wᵢ·δᵢ of that sign are added up, divided by the sum of their weights if asked for.
 *
 * <p>One look at each expert is enough, since both outcomes are kept until the vote is known:
 *
 * <pre>
 *   lane 0  in-order total        its sign decides
 *   lane 1  Σ of positive ones    lane 2  Σ of their weights
 *   lane 3  Σ of negative ones    lane 4  Σ of their weights
 * </pre>
 *
 * The total has its own lane because positives + negatives would round differently and, under cancellation, vote the
 * other way. Zeros agree with neither side; a total of NaN makes the result NaN.
 *
 * @param weights one per expert; each is rounded to f32 once
 * @param normalize whether to divide by the sum of the agreeing weights, where exactly 0 counts as 1
 */
public record SignElection(List<Double> weights, boolean normalize) implements Fold {

    public SignElection {
        weights = List.copyOf(weights);
    }

    @Override
    public int experts() {
        return weights.size();
    }

    @Override
    public boolean hasLargeLoops() {
        return true;
    }

    @Override
    public int lanes() {
        return 5;
    }

    @Override
    public void begin(float[][] lanes, int n) {
        for (float[] lane : lanes) {
            Arrays.fill(lane, 0, n, 0f);
        }
    }

    @Override
    public void accept(int expert, Strip strip, float[][] lanes, Kernels kernels) {
        float weight = weights.get(expert).floatValue();
        kernels.vote(lanes[0], lanes[1], lanes[2], lanes[3], lanes[4], strip.values(), weight, strip.length());
    }

    @Override
    public void finish(Strip place, float[][] lanes, Kernels kernels) {
        kernels.elect(lanes[0], lanes[0], lanes[1], lanes[2], lanes[3], lanes[4], normalize, place.length());
    }

    @Override
    public Optional<Bf16Fusion> fusion(Optional<MemorySegment> base, long origin, float factor) {
        return Optional.of(Bf16Fusion.election(Fold.rounded(weights), normalize, base, origin, factor));
    }

    /** An infinity decides the vote for its own side, or makes the total NaN. */
    @Override
    public boolean showsNonFinite() {
        return true;
    }

    @Override
    public String label() {
        return "sign election";
    }
}
