package org.weir.method;

import java.util.List;
import org.weir.method.MethodInfo.BaseRole;
import org.weir.stage.Combination;
import org.weir.stage.DotProducts;
import org.weir.stage.Recipe;
import org.weir.stage.Vectors;

/** Spherical interpolation between two models, or between their deltas, by tensor, row or column. */
final class NuSlerp implements MergeMethod {

    private static final Param WEIGHT = Param.perExpert("weight").help("weight of the model; t = w₂/(w₁ + w₂)");
    private static final Param ROW_WISE = Param.flag("nuslerp_row_wise", false)
            .help("with nuslerp_flatten: false, an angle per column (along the first dimension) instead of per row");
    private static final Param FLATTEN = Param.flag("nuslerp_flatten", true)
            .help("one angle per tensor; else one per row (along the last dimension)");

    private static final double NO_WEIGHT = 1e-6;
    private static final double SMALLEST_NORM = 1e-7;

    @Override
    public MethodInfo info() {
        return new MethodInfo(
                "nuslerp",
                "Interpolates between two models, or between their deltas where there is a base, along the arc.",
                "sin((1−t)Ω)/sin Ω · x₁ + sin(tΩ)/sin Ω · x₂;  t = w₂/(w₁ + w₂);  Ω = ∠(x₁, x₂);  x = θ, or θ − θ₀ and θ₀ is added",
                "https://github.com/arcee-ai/mergekit",
                BaseRole.OPTIONAL_ORIGIN,
                List.of(WEIGHT, ROW_WISE, FLATTEN),
                "the angle is computed in f64, so colinear f16 tensors do not become NaN and bf16 ones keep their angle; "
                        + "colinear is |sin Ω| < 1e-6, not 1e-8; where there is a NaN or Inf it is the line.");
    }

    @Override
    public Recipe recipe(Settings s) throws InvalidSettingsException {
        if (s.oneHasIt()) {
            return Arc.end();
        }
        s.requireExperts(2, "nuslerp takes two models, and a third one as the base if there is one");
        double sum = s.get(WEIGHT, 0) + s.get(WEIGHT, 1);
        double t = Math.abs(sum) < NO_WEIGHT ? 0.5 : s.get(WEIGHT, 1) / sum;
        Combination arc = new Combination(2, vectors(s), products -> coefficients(products, t));
        return s.hasOrigin() ? Recipe.ofDeltas(arc) : Recipe.ofWeights(arc);
    }

    private static Vectors vectors(Settings s) {
        if (s.flag(FLATTEN)) {
            return Vectors.whole(s.shape());
        }
        return s.flag(ROW_WISE) ? Vectors.columns(s.shape()) : Vectors.rows(s.shape());
    }

    private static double[] coefficients(DotProducts products, double t) {
        double angle = Math.acos(Math.clamp(Arc.cosine(products, SMALLEST_NORM, SMALLEST_NORM), -1.0, 1.0));
        return products.finite() && Math.abs(Math.sin(angle)) >= Arc.COLINEAR ? Arc.at(t, angle) : Arc.line(t);
    }
}
