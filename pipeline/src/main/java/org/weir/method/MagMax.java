package org.weir.method;

import java.util.List;
import org.weir.method.MethodInfo.BaseRole;
import org.weir.stage.Largest;
import org.weir.stage.Recipe;

/** MagMax: in each place the delta of largest magnitude. */
final class MagMax implements MergeMethod {

    @Override
    public MethodInfo info() {
        return new MethodInfo(
                "magmax",
                "Takes in each place the delta of largest magnitude.",
                "θ₀ + λ·δⱼ;  j = argmax |δᵢ|, the later of equals",
                "arXiv:2407.06322",
                BaseRole.ORIGIN,
                List.of(TaskArithmetic.LAMBDA),
                "mergekit does not have it.");
    }

    @Override
    public Recipe recipe(Settings s) {
        return Recipe.ofDeltas(new Largest(s.experts())).scaled(s.get(TaskArithmetic.LAMBDA));
    }
}
