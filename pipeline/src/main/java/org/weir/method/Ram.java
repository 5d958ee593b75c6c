package org.weir.method;

import java.util.List;
import org.weir.method.MethodInfo.BaseRole;
import org.weir.stage.Overlap;
import org.weir.stage.Recipe;

/** RAM: deltas of one expert alone are kept, shared ones averaged. */
final class Ram implements MergeMethod {

    static final Param EPSILON =
            Param.global("epsilon", 1e-5).within(0, Double.MAX_VALUE).help("what is not larger counts as unchanged");

    @Override
    public MethodInfo info() {
        return new MethodInfo(
                "ram",
                "Keeps what one expert alone has changed, averages what several have.",
                "θ₀ + Σ δᵢ·[|δᵢ| > ε] ÷ how many experts have |δ| > ε there",
                "arXiv:2601.13572",
                BaseRole.ORIGIN,
                List.of(EPSILON),
                "f32 arithmetic; sums in the order of the config, not of a set; NaN stays NaN.");
    }

    @Override
    public Recipe recipe(Settings s) {
        return Recipe.ofDeltas(Overlap.plain(s.experts(), s.get(EPSILON)));
    }
}
