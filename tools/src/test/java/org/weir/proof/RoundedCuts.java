package org.weir.proof;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The elements of a golden case that lie on a cut once they are rounded to 16 bits, so that which of them are kept is chance:
 * mergekit computes the deltas, and their variance, in the models' dtype.
 */
final class RoundedCuts {
    private RoundedCuts() {}

    static boolean[] of(CaseConfig config, String tensor) {
        String baseName = config.text("base_model").orElse("");
        List<String> experts =
                config.models().stream().filter(name -> !name.equals(baseName)).toList();
        Format format = Goldens.model(experts.getFirst()).tensor(tensor).format();
        boolean[] on =
                new boolean[Goldens.model(experts.getFirst()).tensor(tensor).elements()];
        double topk = config.global("select_topk", tensor, 0, 1);
        if (config.method().startsWith("breadcrumbs")) {
            for (int m = 0; m < experts.size(); m++) {
                double[] size = deltas(experts.get(m), baseName, tensor);
                Arrays.setAll(size, i -> Math.abs(size[i]));
                double density = config.perModel(m, "density", tensor, 0, 1);
                int outliers = (int) (config.perModel(m, "gamma", tensor, 0, 0.01) * size.length);
                int kept = (int) (density * size.length);
                mark(on, size, size.length - outliers, 1, format);
                mark(on, size, Math.max(0, size.length - outliers - kept), 1, format);
            }
        } else if (config.method().equals("sce") && topk < 1) {
            double[] variance = variance(experts, baseName, tensor);
            // small ones are 0 in F16, and do not count
            long some =
                    Arrays.stream(variance).filter(v -> format.round(v) != 0).count();
            mark(on, variance, variance.length - (int) (some * topk), 4, format); // squares and their sum are rounded
        }
        return on;
    }

    /** Those that are as large as either neighbour of a cut, as far as 16 bits tell: some units of them. */
    private static void mark(boolean[] on, double[] size, int cut, double units, Format format) {
        double[] sorted = Arrays.stream(size).sorted().toArray();
        for (int side : new int[] {cut - 1, cut}) {
            if (side >= 0 && side < sorted.length) {
                double unit = units * format.ulp(sorted[side]);
                IntStream.range(0, on.length)
                        .filter(i -> Math.abs(size[i] - sorted[side]) <= unit)
                        .forEach(i -> on[i] = true);
            }
        }
    }

    private static double[] deltas(String expert, String base, String tensor) {
        Tensor x = Goldens.model(expert).tensor(tensor);
        Tensor origin = Goldens.model(base).tensor(tensor);
        return IntStream.range(0, x.elements())
                .mapToDouble(i -> x.format().round(x.at(i) - origin.at(i)))
                .toArray();
    }

    private static double[] variance(List<String> experts, String base, String tensor) {
        double[][] deltas =
                experts.stream().map(expert -> deltas(expert, base, tensor)).toArray(double[][]::new);
        return IntStream.range(0, deltas[0].length)
                .mapToDouble(i -> {
                    double mean = Arrays.stream(deltas)
                            .mapToDouble(d -> d[i])
                            .average()
                            .orElseThrow();
                    return Arrays.stream(deltas)
                            .mapToDouble(d -> (d[i] - mean) * (d[i] - mean))
                            .average()
                            .orElseThrow();
                })
                .toArray();
    }
}
