package org.weir.method;

import java.util.ArrayList;
import java.util.List;
import org.weir.method.MethodInfo.BaseRole;
import org.weir.method.MethodInfo.Statistics;
import org.weir.stage.Delta;
import org.weir.stage.FisherMean;
import org.weir.stage.Raise;
import org.weir.stage.Recipe;
import org.weir.stage.Scope;
import org.weir.stage.TileOp;
import org.weir.stage.UnitNorm;

/** Fisher-weighted averaging: each parameter is decided by the models whose answers depend on it. */
final class Fisher implements MergeMethod {

    private static final Param WEIGHT = Param.perExpert("weight", 1)
            .within(0, Double.MAX_VALUE)
            .help("weight of the model beside its Fisher information");
    private static final Param FLOOR = Param.global("floor", 0)
            .within(0, Double.MAX_VALUE)
            .help(
                    "Fisher information below this counts as this: the authors' 1e-6; with favor_base only the base's does");
    private static final Param EPSILON =
            Param.global("epsilon", 0).within(0, Double.MAX_VALUE).help("is added to all Fisher information");
    private static final Param NORMALIZE = Param.choice("normalize", "none", "model", "tensor")
            .help(
                    "divide each model's Fisher information, floor and epsilon in it, by its L2 norm over the model or over each tensor");
    private static final Param FAVOR_BASE = Param.flag("favor_base", false)
            .help(
                    "the base takes part with the floor as its Fisher information, so that it keeps what no model cares about");

    @Override
    public MethodInfo info() {
        return new MethodInfo(
                "fisher",
                "Averages the models, each parameter weighted by its diagonal Fisher information in each model.",
                "Σ wᵢ·Fᵢ·θᵢ ÷ Σ wᵢ·Fᵢ;  the weighted mean where Σ wᵢ·Fᵢ = 0, or with favor_base the base",
                "arXiv:2111.09832",
                BaseRole.OPTIONAL_ORIGIN,
                List.of(WEIGHT, FLOOR, EPSILON, NORMALIZE, FAVOR_BASE),
                "mergekit does not have it.",
                Statistics.OF_ELEMENTS);
    }

    @Override
    public Recipe recipe(Settings s) throws InvalidSettingsException {
        boolean favorBase = s.flag(FAVOR_BASE);
        if ((float) Linear.sum(s.all(WEIGHT)) == 0) {
            throw new InvalidSettingsException("the weights sum to 0, so there is no average");
        }
        if (favorBase && (!s.hasOrigin() || s.get(FLOOR) == 0)) {
            throw new InvalidSettingsException(
                    "favor_base needs a base_model, and a floor above 0, which is the base's Fisher information");
        }
        List<TileOp> information = information(s, favorBase ? 0 : s.get(FLOOR));
        List<TileOp> tensor = s.hasOrigin() ? List.of(new Delta()) : List.of();
        List<List<TileOp>> operations = new ArrayList<>();
        for (int i = 0; i < s.experts(); i++) {
            operations.add(information);
            operations.add(tensor);
        }
        return new Recipe(operations, new FisherMean(s.all(WEIGHT), favorBase ? s.get(FLOOR) : 0), 1, s.hasOrigin());
    }

    private static List<TileOp> information(Settings s, double floor) {
        List<TileOp> operations = new ArrayList<>();
        if (floor > 0 || s.get(EPSILON) > 0) {
            operations.add(new Raise(floor, s.get(EPSILON)));
        }
        switch (s.choice(NORMALIZE)) {
            case "model" -> operations.add(new UnitNorm(Scope.MODEL));
            case "tensor" -> operations.add(new UnitNorm(Scope.TENSOR));
            default -> {}
        }
        return operations;
    }
}
