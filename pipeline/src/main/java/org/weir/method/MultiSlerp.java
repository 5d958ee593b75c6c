package org.weir.method;

import java.util.Arrays;
import java.util.List;
import org.weir.method.MethodInfo.BaseRole;
import org.weir.stage.Combination;
import org.weir.stage.DotProducts;
import org.weir.stage.Recipe;
import org.weir.stage.Vectors;

/**
 * The weighted mean of directions, at the weighted mean of the norms.
 *
 * <p>mergekit maps the unit vectors to the plane that touches the sphere at their mean, averages there and maps back. But that
 * average is 0: with M = Σ wᵢuᵢ and m = M/|M|, Σ wᵢ(uᵢ − ⟨uᵢ, m⟩m) = M − |M|m. So the mean direction is the result.
 */
final class MultiSlerp implements MergeMethod {

    private static final Param WEIGHT = Param.perExpert("weight").help("weight of the model");
    private static final Param NORMALIZE =
            Param.flag("normalize_weights", true).help("divide the weights by their sum");
    private static final Param EPS =
            Param.global("eps", 1e-8).above(0).help("norms and mean directions below this count as none");

    @Override
    public MethodInfo info() {
        return new MethodInfo(
                "multislerp",
                "Averages the directions of any number of tensors, or of their deltas where there is a base, and their norms.",
                "Σ wᵢ‖xᵢ‖ · m/‖m‖;  m = Σ wᵢ·xᵢ/‖xᵢ‖;  x = θ, or θ − θ₀ and θ₀ is added",
                "https://github.com/arcee-ai/mergekit",
                BaseRole.OPTIONAL_ORIGIN,
                List.of(WEIGHT, NORMALIZE, EPS),
                "models are summed in the config's order, not in a random one; where directions cancel, or there is a NaN "
                        + "or Inf, the result is the weighted sum instead of an error.");
    }

    @Override
    public Recipe recipe(Settings s) throws InvalidSettingsException {
        double sum = Linear.sum(s.all(WEIGHT));
        if (s.flag(NORMALIZE) && (float) sum == 0) {
            throw new InvalidSettingsException(
                    "the weights sum to 0, so they cannot be normalised; set normalize_weights: false");
        }
        double divisor = s.flag(NORMALIZE) ? sum : 1;
        double[] weights = s.all(WEIGHT).stream().mapToDouble(w -> w / divisor).toArray();
        double eps = s.get(EPS);
        Combination mean = new Combination(
                s.experts(), Vectors.whole(s.shape()), products -> coefficients(products, weights, eps));
        return s.hasOrigin() ? Recipe.ofDeltas(mean) : Recipe.ofWeights(mean);
    }

    private static double[] coefficients(DotProducts products, double[] weights, double eps) {
        int n = weights.length;
        if (n == 1) {
            return new double[] {1};
        }
        double[] direction = new double[n];
        double norms = 0;
        for (int i = 0; i < n; i++) {
            direction[i] = weights[i] / (products.norm(i) + eps);
            norms += weights[i] * products.norm(i);
        }
        double length = Sphere.length(products, direction);
        if (!products.finite() || length < Math.max(eps, Sphere.NOISE)) {
            return weights;
        }
        double factor = norms * Math.cos(eps) / length;
        return Arrays.stream(direction).map(d -> d * factor).toArray();
    }
}
