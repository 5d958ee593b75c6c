package org.weir.proof;

import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Means and interpolations on spheres in double precision, on the vectors themselves, step by step as the papers have them. */
final class Spheres {
    private Spheres() {}

    /** Merges each vector of a tensor by itself. */
    static double[] byVector(double[][] x, int[] vectorOf, Function<double[][], double[]> merge) {
        double[] merged = new double[vectorOf.length];
        for (int v : Arrays.stream(vectorOf).distinct().toArray()) {
            int[] own = IntStream.range(0, vectorOf.length)
                    .filter(i -> vectorOf[i] == v)
                    .toArray();
            double[] part = merge.apply(Arrays.stream(x)
                    .map(each -> Arrays.stream(own).mapToDouble(i -> each[i]).toArray())
                    .toArray(double[][]::new));
            for (int i = 0; i < own.length; i++) {
                merged[own[i]] = part[i];
            }
        }
        return merged;
    }

    /** The weights of the two. */
    static double[] slerp(double[] a, double[] b, double t) {
        double cos = dot(unit(a, 1e-8), unit(b, 1e-8));
        if (Math.abs(cos) > 0.9995 || Double.isNaN(cos)) {
            return new double[] {1 - t, t};
        }
        double angle = Math.acos(cos);
        return new double[] {Math.sin(angle - angle * t) / Math.sin(angle), Math.sin(angle * t) / Math.sin(angle)};
    }

    /** The weights of the two. */
    static double[] nuslerp(double[] a, double[] b, double weightA, double weightB) {
        double t = Math.abs(weightA + weightB) < 1e-6 ? 0.5 : weightB / (weightA + weightB);
        double cos = dot(a, b) / Math.max(norm(a), 1e-7) / Math.max(norm(b), 1e-7);
        double angle = Math.acos(Math.max(-1, Math.min(1, cos)));
        if (Double.isNaN(cos) || Math.abs(Math.sin(angle)) < 1e-6) {
            return new double[] {1 - t, t};
        }
        return new double[] {Math.sin((1 - t) * angle) / Math.sin(angle), Math.sin(t * angle) / Math.sin(angle)};
    }

    /** x₀w₀ + x₁w₁, or the sum of its parts' magnitudes. */
    static double[] between(double[][] x, double[] weights, boolean magnitudes) {
        double[] result = sum(x[0], weights[0], x[1], weights[1]);
        Arrays.setAll(
                result, i -> magnitudes ? Math.abs(x[0][i] * weights[0]) + Math.abs(x[1][i] * weights[1]) : result[i]);
        return result;
    }

    /** With the step in the tangent plane that is none. */
    static double[] multislerp(double[][] x, double[] given, boolean normalize, double eps) {
        double all = normalize ? Arrays.stream(given).sum() : 1;
        double[] weights = Arrays.stream(given).map(w -> w / all).toArray();
        if (x.length == 1) {
            return x[0];
        }
        double[] mean = new double[x[0].length];
        double[] line = new double[x[0].length];
        double norms = 0;
        for (int m = 0; m < x.length; m++) {
            mean = sum(mean, 1, x[m], weights[m] / (norm(x[m]) + eps));
            line = sum(line, 1, x[m], weights[m]);
            norms += weights[m] * norm(x[m]);
        }
        double length = norm(mean);
        if (length < eps || Double.isNaN(length)) {
            return line;
        }
        mean = sum(mean, 1 / length, mean, 0);
        double[] tangent = new double[mean.length];
        for (int m = 0; m < x.length; m++) {
            double[] unit = sum(x[m], 1 / (norm(x[m]) + eps), mean, 0);
            tangent = sum(tangent, 1, sum(unit, 1, mean, -dot(unit, mean)), weights[m]);
        }
        double step = norm(tangent) + eps;
        return sum(mean, Math.cos(step) * norms, tangent, Math.sin(step) / step * norms);
    }

    static double[] karcher(double[][] x, int steps, double tol) {
        double norms = Arrays.stream(x).mapToDouble(Spheres::norm).average().orElseThrow();
        double[][] units = Arrays.stream(x)
                .filter(each -> norm(each) > tol)
                .map(each -> unit(each, 0))
                .toArray(double[][]::new);
        double[] mean = new double[x[0].length];
        if (x.length == 1 || units.length == 0 || Double.isNaN(norms)) {
            for (double[] each : x) {
                mean = sum(mean, 1, each, 1.0 / x.length);
            }
            return mean;
        }
        for (double[] unit : units) {
            mean = sum(mean, 1, unit, 1.0 / units.length);
        }
        mean = norm(mean) < tol ? units[0] : unit(mean, 0);
        for (int i = 0; i < steps; i++) {
            double[] tangent = new double[mean.length];
            for (double[] unit : units) {
                double cos = Math.max(-1, Math.min(1, dot(mean, unit)));
                double angle = Math.acos(cos);
                if (angle >= tol && Math.sin(angle) >= tol) {
                    double factor = angle / Math.sin(angle) / units.length;
                    tangent = sum(tangent, 1, sum(unit, 1, mean, -cos), factor);
                }
            }
            double step = norm(tangent);
            if (step < tol) {
                break;
            }
            mean = unit(sum(mean, Math.cos(step), tangent, Math.sin(step) / step), 0);
        }
        return sum(mean, norms, mean, 0);
    }

    static double[] modelStock(double[][] deltas) {
        int n = deltas.length;
        double cosines = 0;
        double[] mean = new double[deltas[0].length];
        for (int i = 0; i < n; i++) {
            mean = sum(mean, 1, deltas[i], 1.0 / n);
            for (int j = 0; j < i; j++) {
                double norms = Math.max(1e-6, norm(deltas[i]) * norm(deltas[j]));
                cosines += Math.max(-1, Math.min(1, dot(deltas[i], deltas[j]) / norms));
            }
        }
        double cos = cosines / (n * (n - 1) / 2.0);
        double pole = -1.0 / (n - 1);
        double t = Double.isNaN(cos) ? 1 : cos <= pole ? -n : Math.max(-n, n * cos / (1 + (n - 1) * cos));
        return sum(mean, t, mean, 0);
    }

    private static double[] unit(double[] x, double smallest) {
        double norm = norm(x);
        return norm > smallest ? sum(x, 1 / norm, x, 0) : x;
    }

    private static double[] sum(double[] a, double weightA, double[] b, double weightB) {
        double[] sum = new double[a.length];
        Arrays.setAll(sum, i -> weightA * a[i] + (weightB == 0 ? 0 : weightB * b[i]));
        return sum;
    }

    private static double dot(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
    }

    private static double norm(double[] a) {
        return Math.sqrt(dot(a, a));
    }
}
