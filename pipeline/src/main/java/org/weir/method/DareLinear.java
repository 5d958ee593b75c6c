package org.weir.method;

import java.util.List;
import org.weir.method.MethodInfo.BaseRole;
import org.weir.stage.Recipe;

/** DARE, then task arithmetic: drop random entries of each delta, rescale the others, add the weighted deltas. */
final class DareLinear implements MergeMethod {

    @Override
    public MethodInfo info() {
        return new MethodInfo(
                "dare_linear",
                "Drops random entries of each delta, rescales the others, adds the weighted deltas to the base.",
                "θ₀ + λ·Σ wᵢ·mᵢ∘(θᵢ − θ₀) ÷ p;  mᵢ ~ Bernoulli(p), p = density",
                "arXiv:2311.03099",
                BaseRole.ORIGIN,
                List.of(
                        TaskArithmetic.WEIGHT,
                        Dare.DENSITY,
                        TaskArithmetic.NORMALIZE,
                        Dare.RESCALE,
                        TaskArithmetic.LAMBDA,
                        TaskArithmetic.INT8_MASK),
                Dare.DIFFERENCE);
    }

    @Override
    public Recipe recipe(Settings s) {
        return Recipe.ofDeltas(TaskArithmetic.sum(s))
                .each(expert -> Dare.drop(s, expert))
                .scaled(s.get(TaskArithmetic.LAMBDA));
    }
}
