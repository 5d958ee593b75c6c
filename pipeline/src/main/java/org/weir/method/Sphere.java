package org.weir.method;

import org.weir.stage.DotProducts;

/** Geometry of combinations Σ cᵢ·xᵢ of which only the dot products of the xᵢ are known. */
final class Sphere {

    /** The length below which a sum of unit vectors may be nothing but rounding: it is the root of what cancels. */
    static final double NOISE = 1e-7;

    private Sphere() {}

    /** ⟨Σ cⱼ·xⱼ, xᵢ⟩. */
    static double dot(DotProducts products, double[] combination, int i) {
        double sum = 0;
        for (int j = 0; j < combination.length; j++) {
            sum += combination[j] * products.at(i, j);
        }
        return sum;
    }

    /** ‖Σ cᵢ·xᵢ‖. */
    static double length(DotProducts products, double[] combination) {
        double square = 0;
        for (int i = 0; i < combination.length; i++) {
            square += combination[i] * dot(products, combination, i);
        }
        return Math.sqrt(Math.max(0, square)); // rounding may leave a little less than 0
    }
}
