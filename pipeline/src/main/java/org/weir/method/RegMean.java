package org.weir.method;

import java.util.List;
import java.util.Optional;
import org.weir.method.MethodInfo.BaseRole;
import org.weir.method.MethodInfo.Statistics;
import org.weir.stage.GramSolve;
import org.weir.stage.Recipe;
import org.weir.stage.WeightedSum;

/** Regression mean: for each linear layer, the weights whose outputs are nearest to those of all models on their inputs. */
final class RegMean implements MergeMethod {

    private static final Param WEIGHT = Param.perExpert("weight", 1)
            .within(0, Double.MAX_VALUE)
            .help("weight of the model and of its Gram matrices");
    private static final Param ALPHA = Param.global("alpha", 0.9)
            .within(0, 1)
            .help(
                    "scales the Gram matrices off their diagonals: less is safer where few examples were seen, 0 is nearly the mean");
    private static final Param RIDGE = Param.global("ridge", 0)
            .within(0, Double.MAX_VALUE)
            .help("is added to each Gram matrix's diagonal, in units of its mean; draws to the mean of the models");

    @Override
    public MethodInfo info() {
        return new MethodInfo(
                "regmean",
                "Solves for the weights of each linear layer whose outputs are nearest to those of all models on their inputs.",
                "(Σ wᵢ·Wᵢ·Gᵢ)·(Σ wᵢ·Gᵢ)⁻¹;  Gᵢ = XᵢᵀXᵢ/nᵢ, off the diagonal × alpha;  without Gᵢ the weighted mean",
                "arXiv:2212.09849",
                BaseRole.OPTIONAL_ORIGIN,
                List.of(WEIGHT, ALPHA, RIDGE),
                "mergekit does not have it. Weights are [out, in]: those of GPT-2's Conv1D are refused. Needs memory for a matrix of the layer's inputs; a base_model only gives the "
                        + "config and the tokenizer.",
                Statistics.OF_LAYERS);
    }

    /** Where there is no Gram matrix. */
    @Override
    public Recipe recipe(Settings s) throws InvalidSettingsException {
        double sum = Linear.sum(s.all(WEIGHT));
        if ((float) sum == 0) {
            throw new InvalidSettingsException("the weights sum to 0, so there is no average");
        }
        return Recipe.ofWeights(new WeightedSum(s.all(WEIGHT), sum));
    }

    @Override
    public Optional<GramSolve> solve(Settings s) {
        return Optional.of(new GramSolve(s.all(WEIGHT), s.get(ALPHA), s.get(RIDGE)));
    }
}
