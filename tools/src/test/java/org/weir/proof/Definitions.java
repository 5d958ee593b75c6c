package org.weir.proof;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** What methods make of the deltas of one tensor, in double precision, from their formulas: {@code deltas[expert][element]}. */
final class Definitions {
    private Definitions() {}

    /** Select by variance, calculate weights from the energy of what is selected, erase what has the minority's sign. */
    static double[] sce(double[][] deltas, double topk) {
        double[][] selected = Arrays.stream(deltas).map(double[]::clone).toArray(double[][]::new);
        if (topk < 1) {
            double[] variance = variance(deltas);
            long differing = Arrays.stream(variance).filter(v -> !(v == 0)).count();
            int kept = (int) Math.min((float) topk * (float) differing, differing);
            boolean[] mask = largest(variance, kept);
            for (double[] delta : selected) {
                Arrays.setAll(delta, i -> mask[i] ? delta[i] : 0);
            }
        }
        double[] energies = Arrays.stream(selected)
                .mapToDouble(
                        delta -> Arrays.stream(delta).map(x -> x * x).average().orElse(0))
                .toArray();
        double all = Arrays.stream(energies).sum();
        double[] weights = !(all >= 1e-6)
                ? IntStream.range(0, deltas.length)
                        .mapToDouble(i -> 1.0 / deltas.length)
                        .toArray()
                : Arrays.stream(energies).map(e -> e / all).toArray();
        return perElement(deltas, i -> {
            double total = sum(selected, i);
            double sign = total >= 0 ? 1 : -1;
            double merged = 0;
            double divisor = 0;
            for (int m = 0; m < selected.length; m++) {
                if (Math.signum(selected[m][i]) == sign) {
                    merged += weights[m] * selected[m][i];
                    divisor += weights[m];
                }
            }
            return Double.isNaN(total) ? Double.NaN : divisor == 0 ? 0 : merged / divisor;
        });
    }

    /** N² times the population variance of the experts, exact where the deltas are multiples of one power of two. */
    private static double[] variance(double[][] deltas) {
        return perElement(deltas, i -> {
            double sum = sum(deltas, i);
            double squares = Arrays.stream(deltas)
                    .mapToDouble(delta -> delta[i] * delta[i])
                    .sum();
            boolean equal = Arrays.stream(deltas).allMatch(delta -> delta[i] == deltas[0][i]);
            return equal ? 0 : deltas.length * squares - sum * sum;
        });
    }

    /** Which are the k largest, of equal ones the first; NaN is the largest. */
    static boolean[] largest(double[] values, int k) {
        boolean[] mask = new boolean[values.length];
        IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -values[i]).thenComparing(Comparator.naturalOrder()))
                .sorted(Comparator.comparing(i -> !Double.isNaN(values[i])))
                .limit(k)
                .forEach(i -> mask[i] = true);
        return mask;
    }

    /** Drops the ⌊gamma·n⌋ largest, keeps the ⌊density·n⌋ next, at least one; of equal ones the first count as larger. */
    static void breadcrumbs(double[] delta, double density, double gamma) {
        if (density >= 1) {
            return;
        }
        int n = delta.length;
        int kept = Math.max(1, (int) (density * n));
        int outliers = Math.min((int) (gamma * n), n - kept);
        double[] magnitudes = Arrays.stream(delta).map(Math::abs).toArray();
        boolean[] upper = largest(magnitudes, outliers);
        boolean[] inside = largest(magnitudes, outliers + kept);
        Arrays.setAll(delta, i -> inside[i] && !upper[i] ? delta[i] : 0);
    }

    /** What one expert alone changes, amplified; of what several change the mean. */
    static double[] ram(double[][] deltas, double epsilon, double r, double alpha) {
        boolean[][] active = new boolean[deltas.length][deltas[0].length];
        int[] count = new int[deltas[0].length];
        for (int m = 0; m < deltas.length; m++) {
            for (int i = 0; i < count.length; i++) {
                active[m][i] = !(Math.abs(deltas[m][i]) <= (float) epsilon);
                count[i] += active[m][i] ? 1 : 0;
            }
        }
        double[] gains = new double[deltas.length];
        for (int m = 0; m < deltas.length; m++) {
            int expert = m;
            double shared = IntStream.range(0, count.length)
                    .filter(i -> active[expert][i] && count[i] > 1)
                    .count();
            double alone = IntStream.range(0, count.length)
                    .filter(i -> active[expert][i] && count[i] == 1)
                    .count();
            gains[m] = 1 + r * Math.min(alpha, shared / Math.max(alone, epsilon));
        }
        return perElement(deltas, i -> {
            double merged = 0;
            for (int m = 0; m < deltas.length; m++) {
                if (active[m][i]) {
                    merged += count[i] == 1 ? gains[m] * deltas[m][i] : deltas[m][i] / count[i];
                }
            }
            return merged;
        });
    }

    /** The delta of largest magnitude, of equal ones the last. */
    static double[] magmax(double[][] deltas) {
        return perElement(deltas, i -> {
            double best = 0;
            for (double[] delta : deltas) {
                best = Double.isNaN(delta[i]) || Math.abs(delta[i]) >= Math.abs(best) ? delta[i] : best;
            }
            return best;
        });
    }

    /** The sum, where enough experts' deltas are larger than a share of what the others add. */
    static double[] consensus(double[][] deltas, double[] shares, int least) {
        return perElement(deltas, i -> {
            double total = sum(deltas, i);
            long masks = IntStream.range(0, deltas.length)
                    .filter(m -> Math.abs(deltas[m][i]) > shares[m] * Math.abs(total - deltas[m][i]))
                    .count();
            return Double.isNaN(total) || masks >= least ? total : 0;
        });
    }

    /** mergekit's formula: an interpolation weight that falls with the distance. */
    static double[] nearswap(double[] delta, double t) {
        return Arrays.stream(delta)
                .map(d -> d * Math.clamp(t / Math.max(Math.abs(d), 1e-30), 0, 1))
                .toArray();
    }

    /**
     * Arcee Fusion's changes: those whose size times the divergence of their row's softmax reaches the median plus one and a
     * half interquartile ranges. NaN where the float in which importances are compared could tip the choice.
     */
    static double[] fusion(double[] x, double[] base, int row) {
        return fusion(x, base, row, 0);
    }

    /** @param noise what divergences may be off by: then that may tip choices, too */
    static double[] fusion(double[] x, double[] base, int row, double noise) {
        double[] divergences = divergences(x, base, row, v -> v);
        double[] importance = perElement(i -> Math.abs(x[i] - base[i]) * divergences[i], x.length);
        double least = least(importance, v -> v);
        boolean all = Double.isNaN(least);
        return IntStream.range(0, x.length)
                .mapToDouble(i ->
                        Math.abs(importance[i] - least) < Math.max(1e-6 * least, noise * Math.abs(x[i] - base[i]))
                                ? Double.NaN
                                : all || Double.isNaN(divergences[i]) || importance[i] >= least ? 1 : 0)
                .toArray();
    }

    /** Which changes mergekit takes, where each of its steps is rounded to the tensors' 16 bits. */
    static boolean[] fusionInSteps(double[] x, double[] base, int row, DoubleUnaryOperator round) {
        double[] divergences = divergences(x, base, row, round);
        double[] importance = perElement(
                i -> round.applyAsDouble(Math.abs(round.applyAsDouble(x[i] - base[i])) * divergences[i]), x.length);
        double least = least(importance, round);
        boolean[] taken = new boolean[x.length];
        IntStream.range(0, x.length).forEach(i -> taken[i] = importance[i] >= least);
        return taken;
    }

    /** The median plus one and a half interquartile ranges. */
    private static double least(double[] importance, DoubleUnaryOperator round) {
        double[] sorted = Arrays.stream(importance).sorted().toArray(); // NaN last
        double[] quartiles = IntStream.rangeClosed(1, 3)
                .mapToDouble(q -> sorted[(int) ((sorted.length - 1L) * q / 4)])
                .toArray();
        double range = round.applyAsDouble(quartiles[2] - quartiles[0]);
        return round.applyAsDouble(quartiles[1] + round.applyAsDouble(1.5 * range));
    }

    /** For each element, the divergence of its row's softmax from the base's. */
    private static double[] divergences(double[] x, double[] base, int row, DoubleUnaryOperator round) {
        double[] divergences = new double[x.length];
        for (int from = 0; from < x.length; from += row) {
            double[] p = softmax(Arrays.copyOfRange(x, from, from + row), round);
            double[] q = softmax(Arrays.copyOfRange(base, from, from + row), round);
            double sum = 0;
            for (int i = 0; i < row; i++) {
                double log = round.applyAsDouble(Math.log(round.applyAsDouble(p[i] / q[i])));
                sum += round.applyAsDouble(p[i] * log);
            }
            Arrays.fill(divergences, from, from + row, round.applyAsDouble(sum));
        }
        return divergences;
    }

    /** With 1e-8 added to each. */
    private static double[] softmax(double[] x, DoubleUnaryOperator round) {
        double largest = Arrays.stream(x).max().orElse(0);
        double[] e = Arrays.stream(x).map(v -> Math.exp(v - largest)).toArray();
        double sum = Arrays.stream(e).sum();
        return Arrays.stream(e)
                .map(v -> round.applyAsDouble(round.applyAsDouble(v / sum) + round.applyAsDouble(1e-8)))
                .toArray();
    }

    /** The probabilities with which DELLA keeps each entry: by its rank in its row, of equal ones the first are larger. */
    static double[] keepProbabilities(double[] delta, int row, double density, double epsilon) {
        double[] probabilities = new double[delta.length];
        for (int from = 0; from < delta.length; from += row) {
            double[] magnitudes =
                    Arrays.stream(delta, from, from + row).map(Math::abs).toArray();
            int[] ascending = IntStream.range(0, row)
                    .boxed()
                    .sorted(Comparator.comparingDouble((Integer i) -> magnitudes[i])
                            .thenComparing(Comparator.reverseOrder()))
                    .mapToInt(i -> i)
                    .toArray();
            for (int rank = 0; rank < row; rank++) {
                double place = row == 1 ? 0.5 : rank / (row - 1.0);
                probabilities[from + ascending[rank]] = density - epsilon + 2 * epsilon * place;
            }
        }
        return probabilities;
    }

    private static double sum(double[][] deltas, int i) {
        return Arrays.stream(deltas).mapToDouble(delta -> delta[i]).sum();
    }

    private static double[] perElement(double[][] deltas, IntToDoubleFunction value) {
        return perElement(value, deltas[0].length);
    }

    private static double[] perElement(IntToDoubleFunction value, int count) {
        return IntStream.range(0, count).mapToDouble(value).toArray();
    }
}
