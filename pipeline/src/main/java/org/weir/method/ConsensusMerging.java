package org.weir.method;

import java.util.List;
import org.weir.method.MethodInfo.BaseRole;
import org.weir.stage.Consensus;
import org.weir.stage.Recipe;

/** Consensus merging: the sum of deltas where it matters to enough experts. */
final class ConsensusMerging implements MergeMethod {

    private static final Param MASK_SHARE = Param.perExpert("mask_lambda", 0.4)
            .within(0, Double.MAX_VALUE)
            .help("m, how much larger than what the others do a delta must be to matter; the paper takes 0.2 to 0.6");
    private static final Param MIN_MASKS =
            Param.global("min_masks", 2).within(0, 1 << 20).help("how many experts a place must matter to");

    @Override
    public MethodInfo info() {
        return new MethodInfo(
                "consensus",
                "Adds the deltas in the places that matter to enough experts, and leaves the base in those that serve one or none.",
                "θ₀ + λ·Σ δᵢ·[#{i: |δᵢ| > mᵢ·|Σ δ − δᵢ|} ≥ min_masks]",
                "arXiv:2405.07813",
                BaseRole.ORIGIN,
                List.of(MASK_SHARE, MIN_MASKS, TaskArithmetic.LAMBDA),
                "mergekit does not have it.");
    }

    @Override
    public Recipe recipe(Settings s) throws InvalidSettingsException {
        int least = (int) s.get(MIN_MASKS);
        if (least > s.experts()) {
            throw new InvalidSettingsException(
                    "min_masks is " + least + ", but the experts that could agree are " + s.experts());
        }
        return Recipe.ofDeltas(new Consensus(s.all(MASK_SHARE), least)).scaled(s.get(TaskArithmetic.LAMBDA));
    }
}
