package org.weir.method;

import java.util.List;
import org.weir.method.MethodInfo.BaseRole;
import org.weir.stage.Recipe;
import org.weir.stage.Rescale;
import org.weir.stage.Scope;
import org.weir.stage.SignElection;
import org.weir.stage.TileOp;
import org.weir.stage.Trim;

/** TIES-Merging: trim each delta to its largest entries, elect a sign per element, average what carries it. */
final class Ties implements MergeMethod {

    private static final Param DENSITY = Param.perExpert("density", 1)
            .above(0)
            .help("share of the delta's entries to keep, the largest ones; 1 and more keeps all");
    static final Param NORMALIZE =
            Param.flag("normalize", true).help("divide by the sum of the weights that agree, element by element");
    static final Param RESCALE =
            Param.flag("rescale", false).help("after trimming, restore the delta's L1 norm over the tensor");
    private static final Param TRIM_SCOPE = Param.choice("trim_scope", "tensor", "model")
            .help("what the density is a share of: each tensor (mergekit) or the whole model (the authors' code)");
    private static final Param KEEP_TIES = Param.flag("keep_ties", false)
            .help("keep every entry equal to the smallest kept one, not exactly k, lowest index first");

    @Override
    public MethodInfo info() {
        return new MethodInfo(
                "ties",
                "Trims each delta to its largest entries, elects a sign per element, averages the deltas that carry it.",
                "θ₀ + λ·Σ wᵢ·δ̂ᵢ[sign = elected] ÷ Σ wᵢ[sign = elected];  δ̂ᵢ = topk(θᵢ − θ₀);  elected = sign Σ wᵢ·δ̂ᵢ",
                "arXiv:2306.01708",
                BaseRole.ORIGIN,
                List.of(
                        TaskArithmetic.WEIGHT,
                        DENSITY,
                        NORMALIZE,
                        RESCALE,
                        TaskArithmetic.LAMBDA,
                        TRIM_SCOPE,
                        KEEP_TIES,
                        TaskArithmetic.INT8_MASK),
                "f32 arithmetic; a tensor too small for its density keeps its largest entry instead of ending the merge; "
                        + "equal magnitudes at the cut stay lowest index first instead of at random; L1 norms are summed in f64, so "
                        + "those of f16 deltas do not overflow.");
    }

    @Override
    public Recipe recipe(Settings s) {
        return Recipe.ofDeltas(new SignElection(s.all(TaskArithmetic.WEIGHT), s.flag(NORMALIZE)))
                .each(expert -> trim(s, s.get(DENSITY, expert)))
                .scaled(s.get(TaskArithmetic.LAMBDA));
    }

    private static List<TileOp> trim(Settings s, double density) {
        if (density >= 1) {
            return List.of();
        }
        Scope scope = s.choice(TRIM_SCOPE).equals("model") ? Scope.MODEL : Scope.TENSOR;
        TileOp trim = new Trim(density, s.flag(KEEP_TIES), scope);
        return List.of(s.flag(RESCALE) ? new Rescale(trim) : trim);
    }
}
