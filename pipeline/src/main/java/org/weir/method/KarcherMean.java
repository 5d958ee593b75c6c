package org.weir.method;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.weir.stage.DotProducts;

/**
 * The steps of {@link Karcher}, on coefficients: the mean u = Σ cⱼ·xⱼ never leaves the span of the tensors, so that their dot
 * products are enough to know every angle.
 */
final class KarcherMean {

    private final DotProducts products;
    private final double tol;
    private final int[] used;
    private final double[] mean;

    private KarcherMean(DotProducts products, double tol) {
        this.products = products;
        this.tol = tol;
        this.used = IntStream.range(0, products.vectors())
                .filter(i -> products.norm(i) > tol)
                .toArray();
        this.mean = new double[products.vectors()];
    }

    static double[] coefficients(DotProducts products, int steps, double tol) {
        int n = products.vectors();
        KarcherMean karcher = new KarcherMean(products, tol);
        if (n > 1 && products.finite() && karcher.used.length > 0) {
            return karcher.run(steps);
        }
        double[] mean = new double[n];
        Arrays.fill(mean, 1.0 / n);
        return mean;
    }

    private double[] run(int steps) {
        begin();
        double step = Double.MAX_VALUE;
        for (int i = 0; i < steps && step >= tol; i++) {
            step = step();
        }
        double norms =
                IntStream.range(0, mean.length).mapToDouble(products::norm).sum() / mean.length;
        return Arrays.stream(mean).map(c -> c * norms).toArray();
    }

    /** The mean of the unit vectors, or the first of them where they cancel. */
    private void begin() {
        for (int i : used) {
            mean[i] = 1 / products.norm(i) / used.length;
        }
        if (length(mean) < Math.max(tol, Sphere.NOISE)) {
            Arrays.fill(mean, 0);
            mean[used[0]] = 1 / products.norm(used[0]);
        }
        normalize();
    }

    /** Goes to the mean of the directions in which the vectors are seen from here, and says how far that was. */
    private double step() {
        double[] tangent = new double[mean.length];
        for (int i : used) {
            double cos = Math.clamp(Sphere.dot(products, mean, i) / products.norm(i), -1.0, 1.0);
            double angle = Math.acos(cos);
            double sin = Math.sin(angle);
            boolean opposite = cos < 0 && sin < Arc.COLINEAR; // no direction leads there
            if (angle >= tol && !opposite) {
                double weight = angle / sin / used.length;
                tangent[i] += weight / products.norm(i);
                for (int j = 0; j < mean.length; j++) {
                    tangent[j] -= weight * cos * mean[j];
                }
            }
        }
        double step = length(tangent);
        if (step >= tol) {
            for (int j = 0; j < mean.length; j++) {
                mean[j] = Math.cos(step) * mean[j] + Math.sin(step) / step * tangent[j];
            }
            normalize();
        }
        return step;
    }

    private void normalize() {
        double length = length(mean);
        for (int j = 0; j < mean.length; j++) {
            mean[j] /= length;
        }
    }

    private double length(double[] combination) {
        return Sphere.length(products, combination);
    }
}
