package org.weir.stage;

import java.util.Arrays;
import org.weir.simd.Kernels;

/** Σ wᵢ·xᵢ with weights of their own for each of a tensor's {@link Vectors}. */
final class VectorwiseSum implements Fold {

    private final Vectors vectors;
    private final float[][] weights;

    /** @param weights for each expert those of all vectors */
    VectorwiseSum(Vectors vectors, float[][] weights) {
        this.vectors = vectors;
        this.weights = weights;
    }

    static long bytes(int experts, Vectors vectors) {
        return vectors.count() * experts * Float.BYTES;
    }

    @Override
    public int experts() {
        return weights.length;
    }

    @Override
    public int lanes() {
        return 1;
    }

    @Override
    public void begin(float[][] lanes, int n) {
        Arrays.fill(lanes[0], 0, n, -0.0f); // as WeightedSum does
    }

    @Override
    public void accept(int expert, Strip strip, float[][] lanes, Kernels kernels) {
        for (int from = 0; from < strip.length(); ) {
            int to = vectors.endOfRun(strip, from);
            int vector = vectors.of(strip.firstElement() + from);
            if (vectors.interleaved()) {
                kernels.addWeightedEach(lanes[0], strip.values(), weights[expert], vector, from, to);
            } else {
                kernels.addWeightedRange(lanes[0], strip.values(), weights[expert][vector], from, to);
            }
            from = to;
        }
    }

    @Override
    public void finish(Strip place, float[][] lanes, Kernels kernels) {}

    @Override
    public String label() {
        return "weighted sum";
    }
}
