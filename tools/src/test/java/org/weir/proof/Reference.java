package org.weir.proof;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The merges in double precision, straight from their formulas: a whole tensor at a time, sorted rather than counted, two
 * passes where Weir makes one.
 */
final class Reference {
    private static final Pattern LAYER = Pattern.compile("\\.(\\d+)\\.");

    /**
     * Votes that cancel to less than this share of their sizes leave an election that rounding decides, unless they are
     * floats that cancel exactly.
     */
    private static final double UNDECIDED = 1e-6;

    private final CaseConfig config;
    private final Function<String, Model> models;
    private final Masks masks;
    private final int layers;

    /** Which elements of an expert's tensor DARE and DELLA keep. */
    interface Masks {
        boolean keeps(String tensor, int expert, int element, double probability);
    }

    Reference(CaseConfig config, Function<String, Model> models) {
        this(config, models, (tensor, expert, element, probability) -> {
            throw new IllegalStateException("only a seed knows DARE's mask");
        });
    }

    Reference(CaseConfig config, Function<String, Model> models, Masks masks) {
        this.config = config;
        this.models = models;
        this.masks = masks;
        this.layers = 1
                + models.apply(config.models().getFirst()).tensors().keySet().stream()
                        .mapToInt(Reference::layer)
                        .max()
                        .orElse(-1);
    }

    Truth merge(String tensor) {
        return switch (config.method()) {
            case "linear", "passthrough" -> linear(tensor);
            case "sce", "ram", "ramplus_tl", "magmax", "consensus", "nearswap" -> defined(tensor);
            case "slerp", "nuslerp", "multislerp", "karcher", "model_stock" -> onSpheres(tensor);
            case "arcee_fusion" -> fusion(tensor);
            default -> deltas(tensor);
        };
    }

    /** By the formulas in {@link Spheres}, vector by vector. */
    private Truth onSpheres(String tensor) {
        List<String> names = new ArrayList<>(config.models());
        String baseName = config.text("base_model").orElse("");
        boolean deltas = !baseName.isEmpty() && !Set.of("slerp", "karcher").contains(config.method());
        if (deltas || config.method().equals("slerp")) {
            names.remove(baseName);
        }
        if (config.method().equals("slerp")) {
            names.addFirst(baseName);
        }
        Tensor first = models.apply(names.getFirst()).tensor(tensor);
        int n = first.elements();
        double[] base = new double[n];
        double[] operands = new double[n];
        double[][] x = new double[names.size()][n];
        for (int i = 0; i < n; i++) {
            base[i] = deltas ? models.apply(baseName).tensor(tensor).at(i) : 0;
            for (int m = 0; m < x.length; m++) {
                x[m][i] = models.apply(names.get(m)).tensor(tensor).at(i) - base[i];
                operands[i] = Math.max(operands[i], Math.abs(x[m][i]) + Math.abs(base[i]));
            }
        }
        int[] vectorOf = vectorOf(tensor, first.shape());
        double[] values = Spheres.byVector(x, vectorOf, vectors -> onSphere(tensor, vectors, false));
        operands = widen(operands, Spheres.byVector(x, vectorOf, vectors -> onSphere(tensor, vectors, true)));
        Arrays.setAll(values, i -> base[i] + values[i]);
        return new Truth(values, values, widen(operands, values));
    }

    /** @param parts whether to add up magnitudes: between opposite vectors the sum is small and its parts are not */
    private double[] onSphere(String tensor, double[][] x, boolean parts) {
        double[] weights = IntStream.range(0, x.length)
                .mapToDouble(m -> config.perModel(m, "weight", tensor, position(tensor), 1))
                .toArray();
        return switch (config.method()) {
            case "slerp" -> Spheres.between(x, Spheres.slerp(x[0], x[1], global("t", tensor, Double.NaN)), parts);
            case "nuslerp" -> Spheres.between(x, Spheres.nuslerp(x[0], x[1], weights[0], weights[1]), parts);
            case "multislerp" ->
                Spheres.multislerp(x, weights, flag("normalize_weights", tensor, true), global("eps", tensor, 1e-8));
            case "karcher" -> Spheres.karcher(x, (int) global("max_iter", tensor, 10), global("tol", tensor, 1e-5));
            case "model_stock" -> Spheres.modelStock(x);
            default -> throw new IllegalArgumentException(config.method());
        };
    }

    /** Which vector each element belongs to. */
    private int[] vectorOf(String tensor, List<Integer> shape) {
        int n = shape.stream().reduce(1, Math::multiplyExact);
        boolean rows = flag("filter_wise", tensor, false) || !flag("nuslerp_flatten", tensor, true);
        boolean columns = rows && flag("nuslerp_row_wise", tensor, false);
        int rowLength = shape.isEmpty() ? 1 : shape.getLast();
        int columnCount = shape.isEmpty() ? 1 : n / Math.max(1, shape.getFirst());
        return IntStream.range(0, n)
                .map(i -> columns ? i % columnCount : rows ? i / rowLength : 0)
                .toArray();
    }

    /** By the formulas in {@link Definitions}. */
    private Truth defined(String tensor) {
        Tensor base = models.apply(config.text("base_model").orElseThrow()).tensor(tensor);
        double[][] deltas = IntStream.range(0, config.models().size())
                .filter(m ->
                        !config.models().get(m).equals(config.text("base_model").orElseThrow()))
                .mapToObj(m -> minus(models.apply(config.models().get(m)).tensor(tensor), base))
                .toArray(double[][]::new);
        double lambda = global("lambda", tensor, 1);
        double[] merged = merged(tensor, deltas);
        double[] values = new double[base.elements()];
        double[] operands = new double[base.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = base.at(i) + lambda * merged[i];
            operands[i] = Math.abs(base.at(i));
            for (double[] delta : deltas) {
                operands[i] = Math.max(operands[i], Math.abs(delta[i]) + Math.abs(base.at(i)));
            }
        }
        return new Truth(values, values, widen(operands, values));
    }

    private Truth fusion(String tensor) {
        Tensor base = models.apply(config.text("base_model").orElseThrow()).tensor(tensor);
        Tensor x = models.apply(config.models().getFirst()).tensor(tensor);
        double[] before = base.values().toArray();
        double[] after = x.values().toArray();
        double[] chosen = Definitions.fusion(after, before, row(base));
        double[] values = new double[chosen.length];
        double[] otherwise = new double[chosen.length];
        double[] operands = new double[chosen.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = chosen[i] == 0 ? before[i] : after[i];
            otherwise[i] = Double.isNaN(chosen[i]) ? before[i] : values[i];
            operands[i] = Math.max(Math.abs(before[i]), Math.abs(after[i]));
        }
        return new Truth(values, otherwise, operands);
    }

    private static int row(Tensor tensor) {
        return tensor.shape().isEmpty() ? 1 : tensor.shape().getLast();
    }

    private double[] merged(String tensor, double[][] deltas) {
        return switch (config.method()) {
            case "sce" -> Definitions.sce(deltas, global("select_topk", tensor, 1));
            case "ram" -> Definitions.ram(deltas, global("epsilon", tensor, 1e-5), 0, 0);
            case "ramplus_tl" ->
                Definitions.ram(
                        deltas,
                        global("epsilon", tensor, 1e-5),
                        global("r", tensor, 0.1),
                        global("alpha", tensor, 0.2));
            case "magmax" -> Definitions.magmax(deltas);
            case "consensus" ->
                Definitions.consensus(
                        deltas,
                        IntStream.range(0, deltas.length)
                                .mapToDouble(m -> config.perModel(m, "mask_lambda", tensor, position(tensor), 0.4))
                                .toArray(),
                        (int) global("min_masks", tensor, 2));
            case "nearswap" -> Definitions.nearswap(deltas[0], global("t", tensor, Double.NaN));
            default -> throw new IllegalArgumentException(config.method());
        };
    }

    private double global(String name, String tensor, double otherwise) {
        return config.global(name, tensor, position(tensor), otherwise);
    }

    private static double[] minus(Tensor x, Tensor base) {
        return IntStream.range(0, x.elements())
                .mapToDouble(i -> x.at(i) - base.at(i))
                .toArray();
    }

    private Truth linear(String tensor) {
        List<String> names = config.models();
        int n = models.apply(names.getFirst()).tensor(tensor).elements();
        double[] sum = new double[n];
        double[] operands = new double[n];
        double total = 0;
        for (int m = 0; m < names.size(); m++) {
            double weight = weight(m, tensor);
            Tensor x = models.apply(names.get(m)).tensor(tensor);
            for (int i = 0; i < n; i++) {
                sum[i] += weight * x.at(i);
                operands[i] = Math.max(operands[i], Math.abs(x.at(i)));
            }
            total += weight;
        }
        if (!config.method().equals("passthrough") && flag("normalize", tensor, true)) {
            for (int i = 0; i < n; i++) {
                sum[i] /= total;
            }
        }
        return new Truth(sum, sum, widen(operands, sum));
    }

    private Truth deltas(String tensor) {
        String baseName = config.text("base_model").orElseThrow();
        Tensor base = models.apply(baseName).tensor(tensor);
        List<double[]> votes = new ArrayList<>();
        List<Double> weights = new ArrayList<>();
        double[] operands = IntStream.range(0, base.elements())
                .mapToDouble(i -> Math.abs(base.at(i)))
                .toArray();
        for (int m = 0; m < config.models().size(); m++) {
            if (!config.models().get(m).equals(baseName)) {
                Tensor x = models.apply(config.models().get(m)).tensor(tensor);
                double weight = weight(m, tensor);
                double[] delta = sparse(m, tensor, votes.size());
                for (int i = 0; i < delta.length; i++) {
                    delta[i] *= weight;
                    operands[i] = Math.max(operands[i], Math.max(Math.abs(x.at(i)), Math.abs(delta[i])));
                }
                votes.add(delta);
                weights.add(weight);
            }
        }
        boolean normalize = flag("normalize", tensor, List.of("ties", "della").contains(config.method()));
        double lambda = config.global("lambda", tensor, position(tensor), 1);
        double[] values = new double[base.elements()];
        double[] otherwise = new double[base.elements()];
        for (int i = 0; i < values.length; i++) {
            double[] vote = new double[votes.size()];
            for (int m = 0; m < vote.length; m++) {
                vote[m] = votes.get(m)[i];
            }
            values[i] = base.at(i) + lambda * mix(vote, weights, normalize, false);
            otherwise[i] = base.at(i) + lambda * mix(vote, weights, normalize, true);
        }
        return new Truth(values, otherwise, widen(operands, values));
    }

    /** Joins one element's weighted deltas; the other way round if asked and if the election could be lost to rounding. */
    private double mix(double[] votes, List<Double> weights, boolean normalize, boolean otherWay) {
        boolean elects =
                Set.of("ties", "dare_ties", "breadcrumbs_ties", "della").contains(config.method());
        double total = 0;
        double sizes = 0;
        boolean exactInF32 = true;
        for (double vote : votes) {
            total += vote;
            sizes += Math.abs(vote);
            exactInF32 &= vote == (float) vote;
        }
        if (elects && Double.isNaN(total)) {
            return Double.NaN;
        }
        boolean open = Math.abs(total) < UNDECIDED * sizes && !(total == 0 && exactInF32);
        boolean positive = total >= 0 ^ (otherWay && open);
        double sum = 0;
        double divisor = 0;
        for (int m = 0; m < votes.length; m++) {
            if (!elects || (positive ? votes[m] > 0 : votes[m] < 0)) {
                sum += votes[m];
                divisor += weights.get(m);
            }
        }
        boolean none = elects ? divisor == 0 : Math.abs(divisor) < 1e-8;
        return none || !normalize ? sum : sum / divisor;
    }

    private double[] sparse(int model, String tensor, int expert) {
        Tensor base = models.apply(config.text("base_model").orElseThrow()).tensor(tensor);
        Tensor x = models.apply(config.models().get(model)).tensor(tensor);
        double[] delta = new double[x.elements()];
        for (int i = 0; i < delta.length; i++) {
            delta[i] = x.at(i) - base.at(i);
        }
        double density = config.perModel(model, "density", tensor, position(tensor), 1);
        double before = size(delta);
        return switch (config.method()) {
            case "task_arithmetic" -> delta;
            case "ties" -> {
                trim(delta, density);
                yield flag("rescale", tensor, false) && !(size(delta) < 1e-7)
                        ? scale(delta, before / size(delta))
                        : delta;
            }
            case "breadcrumbs", "breadcrumbs_ties" -> {
                double gamma = config.perModel(model, "gamma", tensor, position(tensor), 0.01);
                Definitions.breadcrumbs(delta, density, gamma);
                yield flag("rescale", tensor, false) && !(size(delta) < 1e-7)
                        ? scale(delta, before / size(delta))
                        : delta;
            }
            case "della", "della_linear" -> {
                if (density < 1) {
                    double epsilon = config.perModel(model, "epsilon", tensor, position(tensor), 0.15);
                    double[] keep = Definitions.keepProbabilities(delta, row(base), density, epsilon);
                    boolean rescales = flag("rescale", tensor, true);
                    for (int i = 0; i < delta.length; i++) {
                        boolean kept = masks.keeps(tensor, expert, i, keep[i]);
                        delta[i] = !kept ? 0 : rescales ? delta[i] / keep[i] : delta[i];
                    }
                }
                yield delta;
            }
            case "dare_linear", "dare_ties" -> {
                for (int i = 0; i < delta.length; i++) {
                    delta[i] = density >= 1 || masks.keeps(tensor, expert, i, density) ? delta[i] : 0;
                }
                yield flag("rescale", tensor, true) ? scale(delta, 1 / density) : delta;
            }
            default -> throw new IllegalArgumentException(config.method());
        };
    }

    /** Keeps the ⌊density·n⌋ largest, of equal ones the first, and never none; NaN is the largest. */
    static void trim(double[] delta, double density) {
        if (density >= 1) {
            return;
        }
        int kept = Math.max(1, (int) (density * delta.length));
        boolean[] mask = Definitions.largest(Arrays.stream(delta).map(Math::abs).toArray(), kept);
        Arrays.setAll(delta, i -> mask[i] ? delta[i] : 0);
    }

    private static double size(double[] delta) {
        return Arrays.stream(delta).map(Math::abs).sum();
    }

    private static double[] scale(double[] delta, double factor) {
        return Arrays.stream(delta).map(d -> d * factor).toArray();
    }

    private double weight(int model, String tensor) {
        return config.method().equals("passthrough")
                ? config.perModel(model, "scale", tensor, position(tensor), 1)
                : config.perModel(model, "weight", tensor, position(tensor), Double.NaN);
    }

    private boolean flag(String name, String tensor, boolean otherwise) {
        return config.global(name, tensor, position(tensor), otherwise ? 1 : 0) != 0;
    }

    /** Where a tensor lies in the stack: 0 at the first layer and outside the layers, 1 at the last layer. */
    private double position(String tensor) {
        int layer = layer(tensor);
        return layer < 0 ? 0 : layers == 1 ? 1 : (double) layer / (layers - 1);
    }

    private static int layer(String tensor) {
        Matcher number = LAYER.matcher(tensor);
        return number.find() ? Integer.parseInt(number.group(1)) : -1;
    }

    private static double[] widen(double[] operands, double[] results) {
        for (int i = 0; i < operands.length; i++) {
            operands[i] = Math.max(operands[i], Math.abs(results[i]));
        }
        return operands;
    }
}
