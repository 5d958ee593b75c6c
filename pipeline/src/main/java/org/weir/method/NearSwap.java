package org.weir.method;

import java.util.List;
import org.weir.method.MethodInfo.BaseRole;
import org.weir.stage.Limit;
import org.weir.stage.Recipe;
import org.weir.stage.WeightedSum;

/** NearSwap: the model, but no further from the base than t. */
final class NearSwap implements MergeMethod {

    private static final Param T =
            Param.global("t", 0).within(0, Double.MAX_VALUE).asRequired().help("how far to go from the base at most");

    @Override
    public MethodInfo info() {
        return new MethodInfo(
                "nearswap",
                "Takes the model where it is near the base, and goes t towards it where it is far.",
                "θ₀ + δ·min(1, t ÷ |δ|)",
                "https://huggingface.co/alchemonaut/QuartetAnemoi-70B-t0.0001",
                BaseRole.ORIGIN,
                List.of(T),
                "f32 arithmetic; a t below 1e-6 limits small deltas as it does others, where mergekit shrinks them in proportion.");
    }

    @Override
    public Recipe recipe(Settings s) throws InvalidSettingsException {
        s.requireExperts(1, "nearswap takes the base and one model");
        return Recipe.ofDeltas(new WeightedSum(List.of(1.0), 1)).each(expert -> List.of(new Limit(s.get(T))));
    }
}
