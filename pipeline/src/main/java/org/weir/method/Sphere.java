package org.weir.method;

import org.weir.stage.DotProducts;

/** Geometry of combinations Σ cᵢ·xᵢ of which only the dot products of the xᵢ are known. */
final class Sphere {

    /** The length below which a combination of unit vectors is nothing but rounding: it is the root of what cancels. */
    private static final double NOISE = 1e-7;

    private Sphere() {}

    /** ⟨Σ cⱼ·xⱼ, xᵢ⟩. */
    static double dot(DotProducts products, double[] combination, int i) {
        double sum = 0;
        for (int j = 0; j < combination.length; j++) {
            sum += combination[j] * products.at(i, j);
        }
        return sum;
    }

    /** ‖Σ cᵢ·xᵢ‖, of vectors of about unit length when multiplied; 0 where that cancels but for rounding. */
    static double length(DotProducts products, double[] combination) {
        double square = 0;
        for (int i = 0; i < combination.length; i++) {
            square += combination[i] * dot(products, combination, i);
        }
        return square < NOISE * NOISE ? 0 : Math.sqrt(square);
    }
}
