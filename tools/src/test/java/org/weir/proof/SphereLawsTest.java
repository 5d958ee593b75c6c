package org.weir.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Methods that only look at angles, on tensors of all shapes, against the formulas in double precision. */
class SphereLawsTest {
    private static final Map<String, List<Integer>> SHAPES = Map.of(
            "scalar", List.of(),
            "one", List.of(1),
            "vector", List.of(37),
            "column", List.of(6, 1),
            "row", List.of(1, 9),
            "cube", List.of(3, 4, 5),
            "long rows", List.of(3, 5001),
            "long columns", List.of(700, 3),
            "empty", List.of(0, 4));

    @TempDir
    private Path folder;

    /** The method, its parameters, the weights of its models. */
    private record Merge(String method, List<String> parameters, List<String> weights) {
        static Merge of(String method, String weights, String... parameters) {
            return new Merge(method, List.of(parameters), List.of(weights.split(" ")));
        }
    }

    static Stream<Merge> merges() {
        return Stream.of(
                Merge.of("slerp", "-", "t: 0.3"),
                Merge.of("slerp", "-", "t: 1.4"),
                Merge.of("nuslerp", "0.6 0.4"),
                Merge.of("nuslerp", "1 -1"),
                Merge.of("nuslerp", "0.6 0.4", "nuslerp_flatten: false"),
                Merge.of("nuslerp", "-0.5 2", "nuslerp_flatten: false", "nuslerp_row_wise: true"),
                Merge.of("multislerp", "1 2 3"),
                Merge.of("multislerp", "1 -2 0", "normalize_weights: false"),
                Merge.of("karcher", "- - -"),
                Merge.of("karcher", "- - - -", "max_iter: 30", "tol: 1e-9"),
                Merge.of("model_stock", "- -"),
                Merge.of("model_stock", "- - - -", "filter_wise: true"));
    }

    /** Without --allow-missing it is refused; a base that differences are taken from is no third model. */
    @ParameterizedTest
    @CsvSource({"slerp, base, t: 0.3", "nuslerp, '', weight: 1", "nuslerp, base, weight: 1"})
    void whatOnlyOneOfTwoModelsHasIsTakenAsItIs(String method, String base, String parameter) throws IOException {
        Tensor both = Tensor.of(Format.BF16, List.of(6), i -> i - 2.5);
        Tensor lone = Tensor.of(Format.BF16, List.of(7), i -> 0.25 * i);
        new Model(Map.of("both", both, "lone", lone)).write(folder.resolve("base"), 1);
        new Model(Map.of("both", both, "lone", lone)).write(folder.resolve("whole"), 1);
        new Model(Map.of("both", both)).write(folder.resolve("part"), 1);
        Config config = Config.of(method).model(folder.resolve("part"));
        if (!base.isEmpty()) {
            config.base(folder.resolve(base));
        }
        if (method.equals("nuslerp")) {
            config.model(folder.resolve("whole"));
        }
        String text = config.with(parameter).toString();
        assertEquals(3, Weir.tryMerge(folder, text).exitCode());
        assertEquals(lone, Weir.merge(folder, text, "--allow-missing").tensor("lone"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("merges")
    void giveWhatTheFormulasSayWhateverTheShape(Merge merge) throws IOException {
        for (boolean withBase : needsBase(merge) ? new boolean[] {true} : new boolean[] {false, true}) {
            String config = config(merge, withBase, this::random);
            Model merged = Weir.merge(folder, config, "--tile-elements", "1024");
            Reference reference = new Reference(CaseConfig.parse(config), SphereLawsTest::read);
            merged.tensors().forEach((name, tensor) -> Closeness.assertSame(name, tensor, reference.merge(name)));
            assertEquals(SHAPES.keySet(), merged.tensors().keySet());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("merges")
    void aNanStaysOneElement(Merge merge) throws IOException {
        String config = config(merge, needsBase(merge), (name, seed) -> {
            Tensor tensor = random(name, seed);
            return seed == 1 && name.equals("vector")
                    ? Tensor.of(Format.F32, tensor.shape(), i -> i == 5 ? Double.NaN : tensor.at(i))
                    : tensor;
        });
        Tensor merged = Weir.merge(folder, config, "--non-finite", "warn").tensor("vector");
        assertTrue(Double.isNaN(merged.at(5)));
        assertEquals(1, merged.values().filter(Double::isNaN).count());
        Reference reference = new Reference(CaseConfig.parse(config), SphereLawsTest::read);
        Truth truth = reference.merge("vector");
        for (int i = 6; i < merged.elements(); i++) {
            assertEquals(truth.values()[i], merged.at(i), 1e-5);
        }
    }

    @Test
    void aModelWithItselfIsItself() throws IOException {
        Path a = write("a", 1, this::random);
        Path b = write("b", 1, this::random);
        for (String config : List.of(
                "merge_method: slerp\nbase_model: %s\nmodels:\n- model: %s\nparameters: {t: 0.3}\n",
                "merge_method: nuslerp\nmodels:\n- model: %s\n- model: %s\nparameters: {weight: 1}\n",
                "merge_method: multislerp\nmodels:\n- model: %s\n- model: %s\nparameters: {weight: 1}\n",
                "merge_method: karcher\nmodels:\n- model: %s\n- model: %s\n")) {
            Model merged = Weir.merge(folder, config.formatted(a, b));
            read(a.toString()).tensors().forEach((name, tensor) -> {
                for (int i = 0; i < tensor.elements(); i++) {
                    assertEquals(tensor.at(i), merged.tensor(name).at(i), 2e-7 * Math.abs(tensor.at(i)), config);
                }
            });
        }
    }

    @Test
    void oppositeVectorsAreMergedAlongTheLineAndGiveNumbers() throws IOException {
        Path a = write("a", 1, this::random);
        Path b = write("b", 1, (name, seed) -> {
            Tensor tensor = random(name, seed);
            return Tensor.of(Format.F32, tensor.shape(), i -> -tensor.at(i));
        });
        for (String config : List.of(
                "merge_method: slerp\nbase_model: %s\nmodels:\n- model: %s\nparameters: {t: 0.25}\n",
                "merge_method: nuslerp\nmodels:\n- model: %s\n  parameters: {weight: 0.75}\n"
                        + "- model: %s\n  parameters: {weight: 0.25}\n")) {
            Model merged = Weir.merge(folder, config.formatted(a, b));
            read(a.toString()).tensors().forEach((name, tensor) -> {
                for (int i = 0; i < tensor.elements(); i++) {
                    assertEquals(tensor.at(i) / 2, merged.tensor(name).at(i), 1e-6 * Math.abs(tensor.at(i)), config);
                }
            });
        }
        for (String method : List.of("multislerp", "karcher")) {
            String weight = method.equals("karcher") ? "" : "parameters: {weight: 1}\n";
            Model merged = Weir.merge(
                    folder, "merge_method: %s\nmodels:\n- model: %s\n- model: %s\n%s".formatted(method, a, b, weight));
            merged.tensors()
                    .forEach((name, tensor) -> assertTrue(tensor.values().allMatch(Double::isFinite), name));
        }
    }

    @Test
    void deltasOfZeroGiveTheBase() throws IOException {
        Path base = write("base", 1, this::random);
        Path same = write("same", 1, this::random);
        for (String config : List.of(
                "merge_method: nuslerp\nbase_model: %s\nmodels:\n- model: %s\n- model: %2$s\nparameters: {weight: 1}\n",
                "merge_method: multislerp\nbase_model: %s\nmodels:\n- model: %s\n- model: %2$s\nparameters: {weight: 1}\n",
                "merge_method: model_stock\nbase_model: %s\nmodels:\n- model: %s\n- model: %2$s\n")) {
            assertEquals(read(base.toString()), Weir.merge(folder, config.formatted(base, same)), config);
        }
    }

    /** Two experts whose deltas are opposite: at the pole of Model Stock's ratio. */
    @Test
    void modelStockAtItsPoleStaysAtTheBase() throws IOException {
        Path base = write("base", 1, this::random);
        Path up = write("up", 1, (name, seed) -> shifted(random(name, seed), 4));
        Path down = write("down", 1, (name, seed) -> shifted(random(name, seed), -4));
        Model merged = Weir.merge(
                folder,
                "merge_method: model_stock\nbase_model: %s\nmodels:\n- model: %s\n- model: %s\n"
                        .formatted(base, up, down));
        read(base.toString()).tensors().forEach((name, tensor) -> {
            for (int i = 0; i < tensor.elements(); i++) {
                assertEquals(tensor.at(i), merged.tensor(name).at(i), 1e-5, name);
            }
        });
    }

    private static Tensor shifted(Tensor tensor, double by) {
        return Tensor.of(Format.F32, tensor.shape(), i -> tensor.at(i) + by);
    }

    private static boolean needsBase(Merge merge) {
        return merge.method().equals("slerp") || merge.method().equals("model_stock");
    }

    private interface Values {
        Tensor of(String name, int seed);
    }

    private String config(Merge merge, boolean withBase, Values values) throws IOException {
        Config config = Config.of(merge.method());
        if (withBase) {
            config.base(write("base", 0, values));
        }
        for (int k = 1; k <= merge.weights().size(); k++) {
            String weight = merge.weights().get(k - 1);
            String[] own = weight.equals("-") ? new String[0] : new String[] {"weight: " + weight};
            config.model(write("e" + k, k, values), own);
        }
        return config.with(merge.parameters().toArray(String[]::new)).toString();
    }

    private Path write(String name, int seed, Values values) throws IOException {
        Map<String, Tensor> tensors = new TreeMap<>();
        SHAPES.keySet().forEach(each -> tensors.put(each, values.of(each, seed)));
        Path place = folder.resolve(name);
        new Model(tensors).write(place, 1);
        return place;
    }

    /** Anything between parallel and opposite: each tensor is a common one and its own in some ratio. */
    private Tensor random(String name, int seed) {
        List<Integer> shape = SHAPES.getOrDefault(name, List.of());
        int n = shape.stream().reduce(1, Math::multiplyExact);
        Random common = new Random(name.hashCode());
        Random own = new Random(31L * name.hashCode() + seed);
        double share = own.nextDouble() * 1.5 - 0.5;
        double[] values = IntStream.range(0, n)
                .mapToDouble(i -> share * common.nextGaussian() + 0.7 * own.nextGaussian())
                .toArray();
        return Tensor.of(Format.F32, shape, i -> values[i]);
    }

    private static Model read(String path) {
        try {
            return Model.read(Path.of(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
