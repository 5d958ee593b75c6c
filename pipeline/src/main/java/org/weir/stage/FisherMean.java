package org.weir.stage;

import java.util.Arrays;
import java.util.List;
import org.weir.simd.Kernels;

/**
 * Σ wᵢ·Fᵢ·xᵢ ÷ (prior + Σ wᵢ·Fᵢ), element by element. Each model gives two inputs, its Fisher information and then its tensor.
 * Where the divisor is 0, nobody cares, and the result is the weighted mean.
 *
 * @param weights one per model; each is rounded to f32 once
 * @param prior the weight of 0 beside the models: in deltas, that of the base
 */
public record FisherMean(List<Double> weights, double prior) implements Fold {

    private static final int SUM = 0;
    private static final int DIVISOR = 1;
    private static final int FISHER = 2;
    private static final int PLAIN = 3;

    public FisherMean {
        weights = List.copyOf(weights);
        if ((float) sum(weights) == 0) {
            throw new IllegalArgumentException("the weights sum to 0");
        }
    }

    @Override
    public int experts() {
        return 2 * weights.size();
    }

    @Override
    public int lanes() {
        return 4;
    }

    @Override
    public void begin(float[][] lanes, int n) {
        Arrays.fill(lanes[SUM], 0, n, -0.0f);
        Arrays.fill(lanes[DIVISOR], 0, n, (float) prior);
        Arrays.fill(lanes[PLAIN], 0, n, -0.0f);
    }

    @Override
    public void accept(int expert, Strip strip, float[][] lanes, Kernels kernels) {
        int n = strip.length();
        float weight = weights.get(expert / 2).floatValue();
        if (expert % 2 == 0) {
            System.arraycopy(strip.values(), 0, lanes[FISHER], 0, n);
            kernels.addWeighted(lanes[DIVISOR], strip.values(), weight, n);
        } else {
            kernels.addWeightedBy(lanes[SUM], strip.values(), lanes[FISHER], weight, n);
            kernels.addWeighted(lanes[PLAIN], strip.values(), weight, n);
        }
    }

    @Override
    public void finish(Strip place, float[][] lanes, Kernels kernels) {
        kernels.divideBy(lanes[SUM], lanes[DIVISOR], lanes[PLAIN], (float) sum(weights), place.length());
    }

    private static double sum(List<Double> weights) {
        return weights.stream().reduce(0.0, Double::sum);
    }

    @Override
    public String label() {
        return "Fisher mean";
    }
}
