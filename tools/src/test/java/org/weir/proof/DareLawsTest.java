package org.weir.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What DARE keeps of a delta. The base is zero and the deltas are small whole numbers, never zero, so that a merge shows
 * which elements were kept, and sums are exact.
 */
class DareLawsTest {
    private static final int EXPERTS = 3;

    /** Five standard deviations: a right generator fails one time in two million, and with a fixed seed never. */
    private static final double SIGMAS = 5;

    private final Map<String, Model> models = new TreeMap<>();

    @TempDir
    private Path folder;

    @BeforeEach
    void writeTheDeltas() throws IOException {
        models.put("zero", deltas(e -> 0));
        for (int k = 0; k < EXPERTS; k++) {
            int first = k;
            models.put("e" + k, deltas(i -> ((i + first) % 5 + 1) * ((i + first) % 3 == 0 ? -1 : 1)));
        }
        for (Map.Entry<String, Model> each : models.entrySet()) {
            each.getValue().write(folder.resolve(each.getKey()), 1);
        }
    }

    private interface Numbers {
        double at(int element);
    }

    private static Model deltas(Numbers numbers) {
        return new Model(Map.of(
                "one", Tensor.of(Format.F32, List.of(300, 333), numbers::at),
                "two", Tensor.of(Format.F32, List.of(99_900), numbers::at)));
    }

    private Model model(String path) {
        Model found = models.get(Path.of(path).getFileName().toString());
        if (found == null) {
            throw new IllegalArgumentException(path);
        }
        return found;
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.001, 0.1, 0.5, 0.9, 0.999})
    void keepsEachElementWithTheProbabilityThatIsTheDensity(double density) throws IOException {
        Model kept = alone(0, density, "rescale: false");
        kept.tensors().forEach((name, tensor) -> {
            int n = tensor.elements();
            double spread = Math.sqrt(n * density * (1 - density));
            assertEquals(n * density, tensor.count(), SIGMAS * spread, name);
            for (int i = 0; i < n; i++) {
                double delta = model("e0").tensor(name).at(i);
                assertTrue(tensor.at(i) == 0 || tensor.at(i) == delta, name + "[" + i + "]");
            }
        });
    }

    @Test
    void rescalesByTheProbabilityAndNotByTheShareThatWasKept() throws IOException {
        Model kept = alone(0, 0.25, "rescale: false");
        Model rescaled = alone(0, 0.25, "rescale: true");
        assertEquals(kept.map(tensor -> Tensor.of(Format.F32, tensor.shape(), i -> 4 * tensor.at(i))), rescaled);
        assertEquals(rescaled, alone(0, 0.25), "rescale: true is the default");
    }

    @Test
    void rescalesByTheRatioOfTheSumsIfAskedFor() throws IOException {
        Model rescaled = alone(0, 0.25, "rescale: l1");
        model("e0").tensors().forEach((name, tensor) -> {
            double before = tensor.size();
            assertEquals(before, rescaled.tensor(name).size(), 1e-6 * before, name);
        });
    }

    @Test
    void expertsTensorsAndNeighboursAreDroppedIndependently() throws IOException {
        double density = 0.5;
        Model first = mask(0, density);
        Model second = mask(1, density);
        Tensor one = first.tensor("one");
        assertUnrelated("two experts", one, second.tensor("one"), 0);
        assertUnrelated("two tensors", one, first.tensor("two"), 0);
        for (int distance : new int[] {1, 2, 333, 65_536}) {
            assertUnrelated("elements " + distance + " apart", one, one, distance);
        }
    }

    /** The masks are read off merges in which all other weights are 0; with them the formulas say what must come out. */
    @ParameterizedTest
    @ValueSource(strings = {"dare_linear", "dare_ties"})
    void joinsWhatIsKeptAsTheFormulaSays(String method) throws IOException {
        double density = 0.4;
        List<Model> masks = List.of(mask(0, density), mask(1, density), mask(2, density));
        for (String normalize : List.of("true", "false")) {
            Config config = config(method, density, 1, 0.5, 0.25).with("lambda: 0.5", "normalize: " + normalize);
            Reference reference = new Reference(
                    CaseConfig.parse(config.toString()),
                    this::model,
                    (tensor, expert, element, probability) ->
                            masks.get(expert).tensor(tensor).at(element) != 0);
            Model merged = Weir.merge(folder, config.toString(), "--random-seed", "3");
            merged.tensors().forEach((name, found) -> Closeness.assertSame(name, found, reference.merge(name)));
        }
    }

    @Test
    void densityOfOneAndMoreDropsNothing() throws IOException {
        assertEquals(model("e0"), alone(0, 1));
        assertEquals(model("e0"), alone(0, 1.5));
    }

    private Config config(String method, double density, double... weights) {
        Config config = Config.of(method).base(folder.resolve("zero")).with("density: " + density);
        IntStream.range(0, weights.length).forEach(k -> config.model(folder.resolve("e" + k), "weight: " + weights[k]));
        return config;
    }

    /** One expert's dropped delta, the expert standing where it stands among all. */
    private Model alone(int expert, double density, String... parameters) throws IOException {
        double[] weights = new double[EXPERTS];
        weights[expert] = 1;
        Config config = config("dare_linear", density, weights).with(parameters);
        return Weir.merge(folder, config.toString(), "--random-seed", "3");
    }

    private Model mask(int expert, double density) throws IOException {
        return alone(expert, density, "rescale: false");
    }

    /** Two fair coins agree half the time. */
    private static void assertUnrelated(String what, Tensor one, Tensor other, int distance) {
        int pairs = one.elements() - distance;
        long agree = IntStream.range(0, pairs)
                .filter(i -> (one.at(i) == 0) == (other.at(i + distance) == 0))
                .count();
        assertEquals(pairs / 2.0, agree, SIGMAS * Math.sqrt(pairs) / 2, what);
    }
}
