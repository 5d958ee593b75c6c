package org.weir.method;

import java.util.List;
import org.weir.method.MethodInfo.BaseRole;
import org.weir.stage.Fold;
import org.weir.stage.Recipe;
import org.weir.stage.WeightedSum;

/** Task arithmetic: adds weighted deltas to the base. */
final class TaskArithmetic implements MergeMethod {

    static final Param WEIGHT = Param.perExpert("weight").asRequired().help("weight of the expert's delta");
    static final Param NORMALIZE =
            Param.flag("normalize", false).help("divide by the sum of the weights (a sum below 1e-8 divides by 1)");
    static final Param LAMBDA = Param.global("lambda", 1).help("multiplies the merged delta; 0 gives the base");
    static final Param INT8_MASK =
            Param.flag("int8_mask", false).ignored("the type of mergekit's sign mask never changed a result");

    private static final Param DENSITY = Param.perExpert("density", 1).ignored("task_arithmetic does not sparsify");
    private static final Param RESCALE = Param.flag("rescale", false).ignored("task_arithmetic does not sparsify");

    /** Divisors below this count as 1, as in mergekit. */
    private static final double NEGLIGIBLE = 1e-8;

    @Override
    public MethodInfo info() {
        return new MethodInfo(
                "task_arithmetic",
                "Adds the weighted deltas of the experts to the base; negative weights take abilities away.",
                "θ₀ + λ·Σ wᵢ·(θᵢ − θ₀)",
                "arXiv:2212.04089",
                BaseRole.ORIGIN,
                List.of(WEIGHT, NORMALIZE, LAMBDA, DENSITY, RESCALE, INT8_MASK),
                "f32 arithmetic for 16-bit checkpoints.");
    }

    @Override
    public Recipe recipe(Settings s) {
        return Recipe.ofDeltas(sum(s)).scaled(s.get(LAMBDA));
    }

    /** Σ wᵢ·δᵢ, divided by Σ wᵢ if asked for. */
    static Fold sum(Settings s) {
        List<Double> weights = s.all(WEIGHT);
        double divisor = s.flag(NORMALIZE) ? Linear.sum(weights) : 1;
        return new WeightedSum(weights, Math.abs(divisor) < NEGLIGIBLE ? 1 : divisor);
    }
}
