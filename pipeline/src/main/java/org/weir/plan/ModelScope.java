package org.weir.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.weir.stage.Recipe;
import org.weir.stage.Scope;
import org.weir.stage.TileOp;

/** What operations that rank the whole model need: the same settings in every tensor. */
final class ModelScope {

    private ModelScope() {}

    static boolean isIn(MergedTensor tensor) {
        return tensor.recipe().operations().stream().flatMap(List::stream).anyMatch(ModelScope::looksAtModel);
    }

    /** The problem, if an expert's whole-model operations differ from tensor to tensor. */
    static List<PlanProblem> problems(List<MergedTensor> tensors, String where) {
        List<PlanProblem> problems = new ArrayList<>();
        int experts = tensors.stream().mapToInt(t -> t.experts().size()).max().orElse(0);
        for (int expert = 0; expert < experts; expert++) {
            Set<TileOp> different = new HashSet<>();
            Recipe before = null;
            for (MergedTensor tensor : tensors) {
                if (expert < tensor.experts().size() && !tensor.recipe().equals(before)) { // mostly all share one
                    before = tensor.recipe();
                    before.operations().get(expert).stream()
                            .filter(ModelScope::looksAtModel)
                            .forEach(different::add);
                }
            }
            if (different.size() > 1) {
                problems.add(new PlanProblem(
                        PlanProblem.Kind.CONFIG,
                        where,
                        "trim_scope: model ranks the whole model, but the density of expert " + (expert + 1)
                                + " differs from tensor to tensor; give it one density, or use trim_scope: tensor"));
            }
        }
        return problems;
    }

    private static boolean looksAtModel(TileOp operation) {
        return !operation.ready() && operation.scope() == Scope.MODEL;
    }
}
