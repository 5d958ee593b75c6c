package org.weir.method;

import org.weir.stage.DotProducts;

/** Geometry of combinations Σ cᵢ·xᵢ of which only the dot products of the xᵢ are known. */
final class Sphere {

    private Sphere() {}

    /** ⟨Σ cⱼ·xⱼ, xᵢ⟩. */
    static double dot(DotProducts products, double[] combination, int i) {
        double sum = 0;
        for (int j = 0; j < combination.length; j++) {
            sum += combination[j] * products.at(i, j);
        }
        return sum;
    }

    /** ‖Σ cᵢ·xᵢ‖², or a little less than 0 where it is 0. */
    static double square(DotProducts products, double[] combination) {
        double sum = 0;
        for (int i = 0; i < combination.length; i++) {
            sum += combination[i] * dot(products, combination, i);
        }
        return sum;
    }
}
