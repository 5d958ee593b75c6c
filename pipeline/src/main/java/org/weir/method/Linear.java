package org.weir.method;

import java.util.List;
import org.weir.method.MethodInfo.BaseRole;
import org.weir.stage.Recipe;
import org.weir.stage.WeightedSum;

/** Weighted average of the models themselves; the uniform one is a Model Soup. */
final class Linear implements MergeMethod {

    private static final Param WEIGHT = Param.perExpert("weight").asRequired().help("weight of the model");
    private static final Param NORMALIZE =
            Param.flag("normalize", true).help("divide by the sum of the weights, so that it is an average");

    @Override
    public MethodInfo info() {
        return new MethodInfo(
                "linear",
                "Weighted average of the models.",
                "Σ wᵢ·θᵢ ÷ Σ wᵢ",
                "arXiv:2203.05482",
                BaseRole.SUMMAND,
                List.of(WEIGHT, NORMALIZE),
                "f32 arithmetic for 16-bit checkpoints; weights that sum to 0 are refused instead of giving Inf.");
    }

    @Override
    public Recipe recipe(Settings s) throws InvalidSettingsException {
        List<Double> weights = s.all(WEIGHT);
        double sum = sum(weights);
        if (s.flag(NORMALIZE) && (float) sum == 0) {
            throw new InvalidSettingsException(
                    "the weights sum to 0, so there is no average; set normalize: false for a plain sum");
        }
        return Recipe.ofWeights(new WeightedSum(weights, s.flag(NORMALIZE) ? sum : 1));
    }

    static double sum(List<Double> weights) {
        return weights.stream().reduce(0.0, Double::sum);
    }
}
