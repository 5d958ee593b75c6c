package org.weir.method;

import java.util.List;
import org.weir.method.MethodInfo.BaseRole;
import org.weir.stage.OverlapSearch;
import org.weir.stage.Recipe;

/** RAM+, per tensor: RAM, with what one expert alone has changed amplified where it shares much else. */
final class RamPlus implements MergeMethod {

    private static final Param R = Param.global("r", 0.1).help("how much to amplify");
    private static final Param ALPHA = Param.global("alpha", 0.2)
            .within(0, Double.MAX_VALUE)
            .help("the largest ratio of shared to alone that counts");

    @Override
    public MethodInfo info() {
        return new MethodInfo(
                "ramplus_tl",
                "RAM, with what one expert alone has changed amplified by how much of its other changes is shared, tensor by tensor.",
                "θ₀ + Σ Lᵢ·δᵢ[alone] + mean δᵢ[shared];  Lᵢ = 1 + r·min(α, sharedᵢ ÷ aloneᵢ)",
                "arXiv:2601.13572",
                BaseRole.ORIGIN,
                List.of(Ram.EPSILON, R, ALPHA),
                "f32 arithmetic, and the output has the base's dtype; sums in the order of the config; NaN stays NaN.");
    }

    @Override
    public Recipe recipe(Settings s) {
        return Recipe.ofDeltas(new OverlapSearch(s.experts(), s.get(Ram.EPSILON), s.get(R), s.get(ALPHA)));
    }
}
