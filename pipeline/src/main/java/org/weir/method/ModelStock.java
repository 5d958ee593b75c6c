package org.weir.method;

import java.util.Arrays;
import java.util.List;
import org.weir.method.MethodInfo.BaseRole;
import org.weir.stage.Combination;
import org.weir.stage.DotProducts;
import org.weir.stage.Recipe;
import org.weir.stage.Vectors;

/** Model Stock: as far from the base to the mean of the experts as the angles between their deltas say. */
final class ModelStock implements MergeMethod {

    private static final Param FILTER_WISE = Param.flag("filter_wise", false)
            .help("one ratio per row (along the last dimension) instead of one per tensor");

    /** Products of norms below this count as this, as in mergekit: it draws deltas shorter than 1e-3 to the base. */
    private static final double SMALLEST_NORMS = 1e-6;

    @Override
    public MethodInfo info() {
        return new MethodInfo(
                "model_stock",
                "Goes from the base to the mean of the experts as far as the angles between their deltas say.",
                "θ₀ + t·mean(θᵢ − θ₀);  t = N·c / (1 + (N−1)·c);  c = mean cos ∠(δᵢ, δⱼ)",
                "arXiv:2403.19522",
                BaseRole.ORIGIN,
                List.of(FILTER_WISE),
                "t is at least −N, so that no expert is subtracted more than once: mergekit's goes to −∞ where deltas cancel, "
                        + "c = −1/(N−1). Where there is a NaN or Inf, t is 1.");
    }

    @Override
    public Recipe recipe(Settings s) throws InvalidSettingsException {
        if (s.experts() < 2) {
            throw new InvalidSettingsException(
                    "model_stock needs at least two models beside the base; found " + s.experts());
        }
        Vectors vectors = s.flag(FILTER_WISE) ? Vectors.rows(s.shape()) : Vectors.whole(s.shape());
        return Recipe.ofDeltas(new Combination(s.experts(), vectors, ModelStock::coefficients));
    }

    private static double[] coefficients(DotProducts products) {
        double[] weights = new double[products.vectors()];
        Arrays.fill(weights, ratio(products) / weights.length);
        return weights;
    }

    private static double ratio(DotProducts products) {
        if (!products.finite()) {
            return 1;
        }
        int n = products.vectors();
        double cosines = 0;
        for (int i = 0; i < n; i++) {
            for (int j = i + 1; j < n; j++) {
                double norms = Math.max(products.norm(i) * products.norm(j), SMALLEST_NORMS);
                cosines += Math.clamp(products.at(i, j) / norms, -1.0, 1.0);
            }
        }
        double mean = 2 * cosines / (n * (n - 1.0));
        double denominator = 1 + (n - 1) * mean; // 0 where unit vectors cancel, less only by rounding
        return denominator <= 0 ? -n : Math.max(n * mean / denominator, -n);
    }
}
