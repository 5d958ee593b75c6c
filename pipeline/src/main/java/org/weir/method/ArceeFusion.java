package org.weir.method;

import java.util.List;
import org.weir.method.MethodInfo.BaseRole;
import org.weir.stage.Importance;
import org.weir.stage.Recipe;
import org.weir.stage.WeightedSum;

/** Arcee Fusion: takes from a model the changes that matter most, and leaves the base elsewhere. */
final class ArceeFusion implements MergeMethod {

    @Override
    public MethodInfo info() {
        return new MethodInfo(
                "arcee_fusion",
                "Takes from one model the changes that matter most, by their size and their row's divergence.",
                "θ₀ + δ·[I ≥ Q₅₀ + 1.5·(Q₇₅ − Q₂₅)];  I = |δ|·KL(softmax θ_row ‖ softmax θ₀_row), quartiles over the tensor",
                "https://github.com/arcee-ai/mergekit",
                BaseRole.ORIGIN,
                List.of(),
                "divergences in f64, f32 otherwise, and the output has the base's dtype; quartiles of all elements, where "
                        + "mergekit takes a random million; a row with a NaN is taken whole, so that it shows.");
    }

    @Override
    public Recipe recipe(Settings s) throws InvalidSettingsException {
        s.requireExperts(1, "arcee_fusion takes the base and one model");
        return Recipe.ofDifferences(
                new WeightedSum(List.of(1.0), 1), expert -> List.of(Importance.of(s.elements(), s.rowElements())));
    }
}
