package org.weir.method;

import java.util.List;
import org.weir.method.MethodInfo.BaseRole;
import org.weir.stage.Combination;
import org.weir.stage.Recipe;
import org.weir.stage.Vectors;

/** The Karcher mean: the direction with the least sum of squared angles to all models, at the mean of their norms. */
final class Karcher implements MergeMethod {

    private static final Param MAX_ITER =
            Param.global("max_iter", 10).within(0, 100_000).help("the most steps towards the mean");
    private static final Param TOL =
            Param.global("tol", 1e-5).above(0).help("steps, angles and norms below this count as none");

    @Override
    public MethodInfo info() {
        return new MethodInfo(
                "karcher",
                "Finds the mean direction of any number of tensors on the sphere, and gives it the mean of their norms.",
                "mean ‖θᵢ‖ · argmin Σ ∠(u, θᵢ)²",
                "https://doi.org/10.1002/cpa.3160300502",
                BaseRole.SUMMAND,
                List.of(MAX_ITER, TOL),
                "all steps run in f64 on the matrix of dot products; where no norm is above tol, where directions cancel, "
                        + "or where there is a NaN or Inf, the result is the mean.");
    }

    @Override
    public Recipe recipe(Settings s) {
        int steps = (int) s.get(MAX_ITER);
        double tol = s.get(TOL);
        return Recipe.ofWeights(new Combination(
                s.experts(), Vectors.whole(s.shape()), products -> KarcherMean.coefficients(products, steps, tol)));
    }
}
