package org.weir.method;

import java.util.List;
import org.weir.method.MethodInfo.BaseRole;
import org.weir.stage.Recipe;
import org.weir.stage.SignElection;

/** DARE, then TIES' election: drop random entries of each delta, rescale the others, add those of the elected sign. */
final class DareTies implements MergeMethod {

    static final Param NORMALIZE =
            Param.flag("normalize", false).help("divide by the sum of the weights that agree, element by element");

    @Override
    public MethodInfo info() {
        return new MethodInfo(
                "dare_ties",
                "Drops random entries of each delta, rescales the others, adds those of the elected sign to the base.",
                "θ₀ + λ·Σ wᵢ·δ̂ᵢ[sign = elected];  δ̂ᵢ = mᵢ∘(θᵢ − θ₀) ÷ p;  mᵢ ~ Bernoulli(p), p = density",
                "arXiv:2311.03099",
                BaseRole.ORIGIN,
                List.of(
                        TaskArithmetic.WEIGHT,
                        Dare.DENSITY,
                        NORMALIZE,
                        Dare.RESCALE,
                        TaskArithmetic.LAMBDA,
                        TaskArithmetic.INT8_MASK),
                Dare.DIFFERENCE);
    }

    @Override
    public Recipe recipe(Settings s) {
        return Recipe.ofDeltas(new SignElection(s.all(TaskArithmetic.WEIGHT), s.flag(NORMALIZE)))
                .each(expert -> Dare.drop(s, expert))
                .scaled(s.get(TaskArithmetic.LAMBDA));
    }
}
