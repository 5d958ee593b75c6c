package org.weir.method;

import java.util.List;
import org.weir.method.MethodInfo.BaseRole;
import org.weir.stage.Combination;
import org.weir.stage.DotProducts;
import org.weir.stage.Recipe;
import org.weir.stage.Vectors;

/** Spherical interpolation between two models: along the arc between their tensors, not the chord. */
final class Slerp implements MergeMethod {

    private static final Param T =
            Param.global("t", 0).asRequired().help("where on the way: 0 gives the base, 1 the other model");

    /** Nearer to parallel, the line is as good as the arc, and safer. */
    private static final double NEARLY_PARALLEL = 0.9995;

    private static final double NEGLIGIBLE = 1e-8;

    @Override
    public MethodInfo info() {
        return new MethodInfo(
                "slerp",
                "Interpolates between two models along the arc between their tensors, each taken as one vector.",
                "sin((1−t)Ω)/sin Ω · θ₀ + sin(tΩ)/sin Ω · θ₁;  Ω = ∠(θ₀, θ₁);  (1−t)·θ₀ + t·θ₁ where |cos Ω| > 0.9995",
                "https://dl.acm.org/doi/10.1145/325334.325242",
                BaseRole.FIRST,
                List.of(T),
                "the angle is computed in f64; a tensor that holds a NaN or Inf is interpolated along the line, so that "
                        + "it stays one element.");
    }

    @Override
    public Recipe recipe(Settings s) throws InvalidSettingsException {
        if (s.oneHasIt()) {
            return Arc.end();
        }
        s.requireExperts(2, "slerp takes the base and one model");
        double t = s.get(T);
        return Recipe.ofWeights(new Combination(2, Vectors.whole(s.shape()), products -> coefficients(products, t)));
    }

    static double[] coefficients(DotProducts products, double t) {
        double cosine = Arc.cosine(products, NEGLIGIBLE, 1);
        return products.finite() && Math.abs(cosine) <= NEARLY_PARALLEL ? Arc.at(t, Math.acos(cosine)) : Arc.line(t);
    }
}
