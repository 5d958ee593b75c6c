package org.weir.proof;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What TIES keeps of a delta. The base is zero and the experts are deltas of the weak family, so the merge of one expert with
 * weight 1 is its trimmed delta and nothing else. One expert's deltas are rounded so coarsely that a quarter of them lies on
 * the threshold, as in bf16 checkpoints whose experts were not trained for long.
 */
class TrimLawsTest {
    private static final double COARSE = 1 / 64.0;

    private Model delta = new Model(Map.of());
    private Model another = new Model(Map.of());

    @TempDir
    private Path folder;

    @BeforeEach
    void writeTheDeltas() throws IOException {
        Path weak = Resources.project().resolve("examples/miniature/weak");
        Model base = Model.read(weak.resolve("base"));
        delta = changed(minus(Model.read(weak.resolve("expert-1")), base), x -> Math.rint(x / COARSE) * COARSE + 0.0);
        another = minus(Model.read(weak.resolve("expert-2")), base);
        delta.write(folder.resolve("delta"), 1);
        another.write(folder.resolve("another"), 1);
        changed(base, x -> 0).write(folder.resolve("zero"), 1);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.001, 0.05, 0.2, 0.5, 0.9, 0.999})
    void keepsExactlyTheLargestAndOfEqualOnesTheFirst(double density) throws IOException {
        Model kept = trimmed("density: " + density);
        delta.tensors().forEach((name, tensor) -> {
            double[] expected = tensor.values().toArray();
            Reference.trim(expected, density);
            assertEquals(Tensor.of(Format.F32, tensor.shape(), i -> expected[i]), kept.tensor(name), name);
        });
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.05, 0.2, 0.5})
    void keepTiesKeepsAllThatAreAsLargeAsTheSmallestKept(double density) throws IOException {
        Model kept = trimmed("density: " + density, "keep_ties: true");
        Map<String, Tensor> expected = new TreeMap<>();
        delta.tensors().forEach((name, tensor) -> {
            int most = Math.max(1, (int) (density * tensor.elements()));
            double threshold = threshold(tensor.values(), most);
            expected.put(name, change(tensor, x -> Math.abs(x) >= threshold ? x : 0));
        });
        assertEquals(new Model(expected), kept);
    }

    @Test
    void equalMagnitudesAreNotRareSoKeepingThemIsSeen() throws IOException {
        long exactly = count(trimmed("density: 0.2"));
        long all = count(trimmed("density: 0.2", "keep_ties: true"));
        assertEquals(0.2, (double) exactly / delta.values().count(), 0.001);
        assertTrue(all > 1.2 * exactly, all + " kept of " + exactly);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.2, 0.5})
    void wholeModelHasOneThresholdIfAskedFor(double density) throws IOException {
        double threshold =
                threshold(delta.values(), (int) (density * delta.values().count()));
        Model kept = trimmed("density: " + density, "trim_scope: model", "keep_ties: true");
        assertEquals(changed(delta, x -> Math.abs(x) >= threshold ? x : 0), kept);
    }

    /** Of equal magnitudes the first stay: in the order of the tensors' names, as the files have them too. */
    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.2, 0.5})
    void wholeModelKeepsExactlyItsShare(double density) throws IOException {
        double[] concatenated = delta.values().toArray();
        Reference.trim(concatenated, density);
        Model kept = trimmed("density: " + density, "trim_scope: model");
        assertArrayEquals(concatenated, kept.values().toArray());
    }

    @Test
    void wholeModelKeepsTheSameElementsHoweverItLiesInShards() throws IOException {
        Model expected = trimmed("density: 0.2", "trim_scope: model");
        delta.write(folder.resolve("delta-in-shards"), 3);
        Config inShards = ties("delta-in-shards").with("density: 0.2", "trim_scope: model");
        assertEquals(expected, Weir.merge(folder, inShards.toString()));

        changed(delta, x -> 0).write(folder.resolve("zero-in-shards"), 3);
        Config baseInShards = Config.of("ties")
                .base(folder.resolve("zero-in-shards"))
                .model(folder.resolve("delta"), "weight: 1")
                .with("density: 0.2", "trim_scope: model");
        assertEquals(expected, Weir.merge(folder, baseInShards.toString()));
    }

    /** Trimmed together or each by itself beforehand: every expert has a threshold of its own. */
    @ParameterizedTest
    @ValueSource(strings = {"tensor", "model"})
    void expertsAreTrimmedIndependently(String scope) throws IOException {
        String[] parameters = {"density: 0.3", "trim_scope: " + scope, "keep_ties: true"};
        trimmed(parameters).write(folder.resolve("trimmed-delta"), 1);
        Weir.merge(folder, ties("another").with(parameters).toString()).write(folder.resolve("trimmed-another"), 1);
        Model together = Weir.merge(
                folder,
                ties("delta")
                        .model(folder.resolve("another"), "weight: 1")
                        .with(parameters)
                        .toString());
        Model after = Weir.merge(
                folder,
                ties("trimmed-delta")
                        .model(folder.resolve("trimmed-another"), "weight: 1")
                        .toString());
        assertEquals(after, together);
    }

    @Test
    void rescalingRestoresTheSumOfTheMagnitudes() throws IOException {
        Model kept = trimmed("density: 0.2", "rescale: true");
        delta.tensors().forEach((name, tensor) -> {
            double before = tensor.size();
            assertEquals(before, kept.tensor(name).size(), 1e-6 * before, name);
        });
    }

    private Config ties(String expert) {
        return Config.of("ties").base(folder.resolve("zero")).model(folder.resolve(expert), "weight: 1");
    }

    private Model trimmed(String... parameters) throws IOException {
        return Weir.merge(folder, ties("delta").with(parameters).toString());
    }

    /** The magnitude of the k-th largest. */
    private static double threshold(DoubleStream values, int k) {
        double[] sorted = values.map(Math::abs).sorted().toArray();
        return sorted[sorted.length - k];
    }

    private static Model minus(Model expert, Model base) {
        Map<String, Tensor> deltas = new TreeMap<>();
        base.tensors().forEach((name, from) -> {
            Tensor to = expert.tensor(name);
            deltas.put(name, Tensor.of(Format.F32, from.shape(), i -> to.at(i) - from.at(i)));
        });
        return new Model(deltas);
    }

    private static Model changed(Model model, DoubleUnaryOperator change) {
        return model.map(tensor -> change(tensor, change));
    }

    private static Tensor change(Tensor tensor, DoubleUnaryOperator change) {
        return Tensor.of(Format.F32, tensor.shape(), i -> change.applyAsDouble(tensor.at(i)));
    }

    private static long count(Model model) {
        return model.values().filter(x -> x != 0).count();
    }
}
