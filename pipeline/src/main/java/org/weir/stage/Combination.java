package org.weir.stage;

import java.util.Arrays;
import java.util.List;
import org.weir.simd.Kernels;

/**
 * Σ cᵢ·xᵢ, where the coefficients follow from the dot products of the experts: of the whole tensors, or of each pair of
 * their rows or columns. So whatever is computed on a sphere takes two readings, and is computed in double on a matrix as
 * small as the number of experts.
 *
 * @param vectors what has coefficients of its own
 */
public record Combination(int experts, Vectors vectors, Coefficients coefficients) implements Fold {

    @Override
    public int lanes() {
        return experts;
    }

    @Override
    public boolean ready() {
        return false;
    }

    @Override
    public JointSurvey survey(Extent extent, int maxTableEntries) {
        return inOrder() ? new VectorwiseProducts(experts, vectors) : new TensorProducts(experts, extent);
    }

    /** Sums of many vectors are kept once, not once per block. */
    @Override
    public boolean inOrder() {
        return vectors.count() > 1;
    }

    @Override
    public long surveyBytes(long elements) {
        return inOrder()
                ? VectorwiseProducts.bytes(experts, vectors) + VectorwiseSum.bytes(experts, vectors)
                : TensorProducts.bytes(experts, elements);
    }

    @Override
    public Fold measured(JointSurvey survey) {
        return switch (survey) {
            case TensorProducts tensor -> new WeightedSum(of(tensor.products()), 1);
            case VectorwiseProducts each -> vectorwise(each);
            default -> throw new IllegalArgumentException("a survey of another fold");
        };
    }

    private List<Double> of(DotProducts products) {
        return Arrays.stream(coefficients.of(products)).boxed().toList();
    }

    private Fold vectorwise(VectorwiseProducts each) {
        float[][] weights = new float[experts][Math.toIntExact(vectors.count())];
        for (int v = 0; v < vectors.count(); v++) {
            double[] own = coefficients.of(each.products(v));
            for (int i = 0; i < experts; i++) {
                weights[i][v] = (float) own[i];
            }
        }
        return new VectorwiseSum(vectors, weights);
    }

    @Override
    public int sweeps(boolean valuesRepeat, long elements, int maxTableEntries) {
        return 1;
    }

    @Override
    public void begin(float[][] lanes, int n) {
        throw unready();
    }

    @Override
    public void accept(int expert, Strip strip, float[][] lanes, Kernels kernels) {
        throw unready();
    }

    @Override
    public void finish(Strip place, float[][] lanes, Kernels kernels) {
        throw unready();
    }

    private static IllegalStateException unready() {
        return new IllegalStateException("the dot products are not known yet");
    }

    @Override
    public String label() {
        return "combination";
    }
}
