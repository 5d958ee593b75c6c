package org.weir.method;

import java.util.List;
import org.weir.method.MethodInfo.BaseRole;
import org.weir.stage.Recipe;
import org.weir.stage.SignElection;
import org.weir.stage.TileOp;

/** DELLA: drop by rank in the row, then TIES' election. */
final class Della implements MergeMethod {

    @Override
    public MethodInfo info() {
        return new MethodInfo(
                "della",
                "Drops entries at random, the smaller of a row more often, rescales the others, averages those of the elected sign.",
                "θ₀ + λ·Σ wᵢ·δ̂ᵢ[sign = elected] ÷ Σ wᵢ[sign = elected];  δ̂ᵢ = mᵢ∘(θᵢ − θ₀) ÷ p;  mᵢ ~ Bernoulli(p);  p = density − ε + 2ε·rank ÷ (n_row − 1)",
                "arXiv:2406.11617",
                BaseRole.ORIGIN,
                List.of(
                        TaskArithmetic.WEIGHT,
                        MagPrune.DENSITY,
                        MagPrune.EPSILON,
                        Ties.NORMALIZE,
                        MagPrune.RESCALE,
                        TaskArithmetic.LAMBDA,
                        TaskArithmetic.INT8_MASK),
                MagPrune.DIFFERENCE);
    }

    @Override
    public Recipe recipe(Settings s) throws InvalidSettingsException {
        List<List<TileOp>> drops = MagPrune.drops(s);
        return Recipe.ofDeltas(new SignElection(s.all(TaskArithmetic.WEIGHT), s.flag(Ties.NORMALIZE)))
                .each(drops::get)
                .scaled(s.get(TaskArithmetic.LAMBDA));
    }
}
