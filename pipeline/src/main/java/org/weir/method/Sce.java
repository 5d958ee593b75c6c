package org.weir.method;

import java.util.List;
import org.weir.method.MethodInfo.BaseRole;
import org.weir.stage.EnergySearch;
import org.weir.stage.Recipe;

/** SCE: select the places where experts differ most, weigh experts by energy, erase minority signs. */
final class Sce implements MergeMethod {

    private static final Param SELECT_TOPK = Param.global("select_topk", 1)
            .within(0, Double.MAX_VALUE)
            .help(
                    "share of the places where the experts differ at all to keep, multiplied in f32 and cut off; 1 and more keeps all");

    @Override
    public MethodInfo info() {
        return new MethodInfo(
                "sce",
                "Selects the places where the experts differ most, weighs each expert by the energy of its delta there, keeps the elected sign.",
                "θ₀ + Σ cᵢ·δᵢ[sign = elected] ÷ Σ cᵢ[sign = elected], where Var δ is among the largest;  cᵢ ∝ Σ δᵢ²;  elected = sign Σ δᵢ",
                "arXiv:2408.07990",
                BaseRole.ORIGIN,
                List.of(SELECT_TOPK, TaskArithmetic.INT8_MASK),
                "f32 arithmetic, in the order of the config; where no place is selected (small tensors, one expert) the base stays, mergekit writes a wrong shape; of equal variances the lowest index first; a weight sum is never raised to 1e-6. As there, energies below 1e-6 weigh all experts alike.");
    }

    @Override
    public Recipe recipe(Settings s) {
        return Recipe.ofDeltas(EnergySearch.of(s.experts(), s.get(SELECT_TOPK)));
    }
}
