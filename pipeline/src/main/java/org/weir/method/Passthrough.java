package org.weir.method;

import java.util.List;
import org.weir.method.MethodInfo.BaseRole;
import org.weir.stage.Recipe;
import org.weir.stage.WeightedSum;

/** Passthrough: the one model of each slice as it is, which is how layers of several models are stacked. */
final class Passthrough implements MergeMethod {

    private static final Param SCALE = Param.perExpert("scale", 1).help("multiplies the tensor");

    @Override
    public MethodInfo info() {
        return new MethodInfo(
                "passthrough",
                "Takes the one model of each slice as it is, or multiplied.",
                "s·θ",
                "https://github.com/arcee-ai/mergekit",
                BaseRole.SUMMAND,
                List.of(SCALE),
                "f32 arithmetic for 16-bit checkpoints.");
    }

    /** 1·θ and the sum of one are exact. */
    @Override
    public Recipe recipe(Settings s) throws InvalidSettingsException {
        if (s.experts() != 1) {
            throw new InvalidSettingsException("passthrough takes one model per slice, found " + s.experts());
        }
        return Recipe.ofWeights(new WeightedSum(s.all(SCALE), 1));
    }
}
