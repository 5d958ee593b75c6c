package org.weir.method;

import java.util.List;
import org.weir.method.MethodInfo.BaseRole;
import org.weir.stage.Recipe;
import org.weir.stage.SignElection;

/** Model Breadcrumbs, then TIES' election. */
final class BreadcrumbsTies implements MergeMethod {

    @Override
    public MethodInfo info() {
        return new MethodInfo(
                "breadcrumbs_ties",
                "Drops the largest and the smallest entries of each delta, adds those of the elected sign to the base.",
                "θ₀ + λ·Σ wᵢ·δ̂ᵢ[sign = elected];  δ̂ᵢ = mᵢ∘(θᵢ − θ₀);  mᵢ drops the ⌊γ·n⌋ largest and keeps the ⌊density·n⌋ next",
                "arXiv:2312.06795",
                BaseRole.ORIGIN,
                List.of(
                        TaskArithmetic.WEIGHT,
                        Crumbs.DENSITY,
                        Crumbs.GAMMA,
                        DareTies.NORMALIZE,
                        Ties.RESCALE,
                        TaskArithmetic.LAMBDA,
                        TaskArithmetic.INT8_MASK),
                Crumbs.DIFFERENCE);
    }

    @Override
    public Recipe recipe(Settings s) {
        return Recipe.ofDeltas(new SignElection(s.all(TaskArithmetic.WEIGHT), s.flag(DareTies.NORMALIZE)))
                .each(expert -> Crumbs.mask(s, expert))
                .scaled(s.get(TaskArithmetic.LAMBDA));
    }
}
