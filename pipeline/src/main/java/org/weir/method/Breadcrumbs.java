package org.weir.method;

import java.util.List;
import org.weir.method.MethodInfo.BaseRole;
import org.weir.stage.Recipe;

/** Model Breadcrumbs, then task arithmetic. */
final class Breadcrumbs implements MergeMethod {

    @Override
    public MethodInfo info() {
        return new MethodInfo(
                "breadcrumbs",
                "Drops the largest and the smallest entries of each delta, adds the weighted deltas to the base.",
                "θ₀ + λ·Σ wᵢ·mᵢ∘(θᵢ − θ₀);  mᵢ drops the ⌊γ·n⌋ largest and keeps the ⌊density·n⌋ next",
                "arXiv:2312.06795",
                BaseRole.ORIGIN,
                List.of(
                        TaskArithmetic.WEIGHT,
                        Crumbs.DENSITY,
                        Crumbs.GAMMA,
                        TaskArithmetic.NORMALIZE,
                        Ties.RESCALE,
                        TaskArithmetic.LAMBDA,
                        TaskArithmetic.INT8_MASK),
                Crumbs.DIFFERENCE);
    }

    @Override
    public Recipe recipe(Settings s) {
        return Recipe.ofDeltas(TaskArithmetic.sum(s))
                .each(expert -> Crumbs.mask(s, expert))
                .scaled(s.get(TaskArithmetic.LAMBDA));
    }
}
