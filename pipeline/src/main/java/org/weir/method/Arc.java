package org.weir.method;

import java.util.List;
import org.weir.stage.DotProducts;
import org.weir.stage.Recipe;
import org.weir.stage.WeightedSum;

/** The arc between two vectors, which spherical interpolation goes along. */
final class Arc {

    /** Vectors whose angle has a smaller sine are parallel or opposite: above what rounding in f64 makes of those. */
    static final double COLINEAR = 1e-6;

    private Arc() {}

    /** Where only one of the two models has a tensor, it is taken as it is, as in mergekit. */
    static Recipe end() {
        return Recipe.ofWeights(new WeightedSum(List.of(1.0), 1));
    }

    /** Coefficients of the straight line. */
    static double[] line(double t) {
        return new double[] {1 - t, t};
    }

    /** Coefficients at {@code t} of the arc between vectors at an angle: sin((1−t)Ω)/sinΩ and sin(tΩ)/sinΩ. */
    static double[] at(double t, double angle) {
        double sin = Math.sin(angle);
        return new double[] {Math.sin((1 - t) * angle) / sin, Math.sin(t * angle) / sin};
    }

    /** The cosine of the angle between the first two vectors; norms below the floor count as {@code instead}. */
    static double cosine(DotProducts products, double floor, double instead) {
        double a = products.norm(0) > floor ? products.norm(0) : instead;
        double b = products.norm(1) > floor ? products.norm(1) : instead;
        return products.at(0, 1) / a / b;
    }
}
