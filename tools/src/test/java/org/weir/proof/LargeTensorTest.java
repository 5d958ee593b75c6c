package org.weir.proof;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tensors that are longer than any unit of work in Weir, with deltas of few different sizes, so that the elements on a trim's
 * threshold lie in all of its parts. All numbers are multiples of 1/4096 and small: sums of them are exact.
 */
@TestInstance(Lifecycle.PER_CLASS)
class LargeTensorTest {
    private static final Map<String, List<Integer>> SHAPES =
            Map.of("a", List.of(5), "b", List.of(700_001), "c", List.of(3, 100_000), "d", List.of(262_144));

    /** Powers of two, a prime, one more than a power of two; and fewer, as many and more workers than processors. */
    private static final List<List<String>> CUTS = List.of(
            List.of("--tile-elements", "65536", "-j", "1"),
            List.of("--tile-elements", "99991", "-j", "2"),
            List.of("--tile-elements", "262145", "-j", "3"),
            List.of("--tile-elements", "2097152", "-j", "4"),
            List.of("--tile-elements", "99991", "-j", "2", "--reader", "direct"),
            List.of("--tile-elements", "65536", "-j", "2", "--page-cache", "drop"));

    private Path folder = Path.of("");
    private Model delta = new Model(Map.of());

    @BeforeAll
    void writeTheModels(@TempDir Path shared) throws IOException {
        folder = shared;
        Random random = new Random(5);
        Model base = random(random, 1000);
        base.write(folder.resolve("base"), 1);
        for (int k = 0; k < 3; k++) {
            Model deltas = random(random, 6);
            delta = k == 0 ? deltas : delta;
            plus(base, deltas).write(folder.resolve("expert-" + k), 1 + k);
        }
        delta.write(folder.resolve("delta"), 2);
        delta.map(tensor -> Tensor.of(Format.F32, tensor.shape(), i -> 0)).write(folder.resolve("zero"), 1);
    }

    private static Model random(Random random, double spread) {
        Map<String, Tensor> tensors = new TreeMap<>();
        new TreeMap<>(SHAPES)
                .forEach((name, shape) -> tensors.put(
                        name,
                        Tensor.of(Format.F32, shape, i -> Math.rint(spread * random.nextGaussian()) / 4096 + 0.0)));
        return new Model(tensors);
    }

    private static Model plus(Model one, Model other) {
        Map<String, Tensor> sums = new TreeMap<>();
        one.tensors().forEach((name, tensor) -> {
            Tensor more = other.tensor(name);
            sums.put(name, Tensor.of(Format.F32, tensor.shape(), i -> tensor.at(i) + more.at(i) + 0.0));
        });
        return new Model(sums);
    }

    /** Every method, with each way to look at a whole tensor or model first. */
    static Stream<List<String>> merges() {
        return Stream.of(
                List.of("linear"),
                List.of("ties", "density: 0.2"),
                List.of("ties", "density: 0.2", "rescale: true"),
                List.of("ties", "density: 0.2", "trim_scope: model"),
                List.of("ties", "density: 0.2", "trim_scope: model", "keep_ties: true"),
                List.of("dare_linear", "density: 0.3"),
                List.of("dare_ties", "density: 0.3", "rescale: l1"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("merges")
    void tilesAndThreadsDoNotShow(List<String> merge) throws IOException {
        Config all = Config.of(merge.getFirst());
        for (int k = 0; k < 3; k++) {
            all.model(folder.resolve("expert-" + k), "weight: " + (1 + k) / 3.0);
        }
        Config config = merge.getFirst().equals("linear") ? all : all.base(folder.resolve("base"));
        String text = config.with(merge.subList(1, merge.size()).toArray(String[]::new))
                .toString();
        Model expected = Weir.merge(folder, text);
        for (List<String> cut : CUTS) {
            assertEquals(expected, Weir.merge(folder, text, cut.toArray(String[]::new)), cut::toString);
        }
    }

    @Test
    void keepsTheLargestOfEachTensorAndOfEqualOnesTheFirst() throws IOException {
        Model kept = trimmed("density: 0.2");
        delta.tensors().forEach((name, tensor) -> {
            double[] expected = tensor.values().toArray();
            Reference.trim(expected, 0.2);
            assertArrayEquals(expected, kept.tensor(name).values().toArray(), name);
        });
    }

    @Test
    void keepsTheLargestOfTheModelAndOfEqualOnesTheFirst() throws IOException {
        double[] expected = delta.values().toArray();
        Reference.trim(expected, 0.2);
        assertArrayEquals(
                expected, trimmed("density: 0.2", "trim_scope: model").values().toArray());
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.001, 0.2, 0.5, 0.99})
    void findsTheLargestOfWhateverNumbersThereAre(double density) throws IOException {
        Model deltas = distributions(new Random(11));
        deltas.write(folder.resolve("deltas-" + density), 1);
        deltas.map(tensor -> Tensor.of(Format.F32, tensor.shape(), i -> 0))
                .write(folder.resolve("zeros-" + density), 1);
        Config config = Config.of("ties")
                .base(folder.resolve("zeros-" + density))
                .model(folder.resolve("deltas-" + density), "weight: 1", "density: " + density);
        Model kept = Weir.merge(folder, config.toString());
        deltas.tensors().forEach((name, tensor) -> {
            double[] expected = tensor.values().toArray();
            Reference.trim(expected, density);
            assertArrayEquals(expected, kept.tensor(name).values().toArray(), name);
        });

        double[] expected = deltas.values().toArray();
        Reference.trim(expected, density);
        Model keptOfAll = Weir.merge(folder, config.with("trim_scope: model").toString());
        assertArrayEquals(expected, keptOfAll.values().toArray(), "whole model");
    }

    /** What a search that looks at a sample or counts by size could fall for. */
    private static Model distributions(Random random) {
        int n = 300_007;
        Map<String, IntToDoubleFunction> numbers = Map.of(
                "rising", i -> i / 1024.0,
                "falling", i -> (n - i) / 1024.0,
                "constant", i -> i % 3 == 0 ? -0.5 : 0.5,
                "mostly zero", i -> random.nextInt(100) == 0 ? random.nextGaussian() : 0,
                "of all sizes", i -> random.nextGaussian() * Math.pow(10, random.nextInt(-30, 30)),
                "all large ones together", i -> random.nextGaussian() * (i > 200_000 && i < 201_000 ? 1 : 1e-6),
                "one larger", i -> i == 299_999 ? 2 : 1,
                "ordinary", i -> 1e-3 * random.nextGaussian());
        Map<String, Tensor> tensors = new TreeMap<>();
        new TreeMap<>(numbers).forEach((name, at) -> tensors.put(name, Tensor.of(Format.F32, List.of(n), at)));
        return new Model(tensors);
    }

    /** From a base of zero, one expert's merge is its trimmed delta. */
    private Model trimmed(String... parameters) throws IOException {
        Config config = Config.of("ties")
                .base(folder.resolve("zero"))
                .model(folder.resolve("delta"), "weight: 1")
                .with(parameters);
        return Weir.merge(folder, config.toString(), "--tile-elements", "50000");
    }
}
