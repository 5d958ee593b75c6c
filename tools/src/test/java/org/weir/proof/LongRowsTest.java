package org.weir.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.weir.simd.CounterRandom;

/** What works row by row, on rows that are longer than tiles, lie across blocks, and do not fit into tables. */
class LongRowsTest {
    private static final long SEED = 5;
    private static final String TENSOR = "t";

    @TempDir
    private Path folder;

    private final Map<String, Model> models = new HashMap<>();

    @Test
    void dellaRanksRowsThatAreLongerThanATile() throws IOException {
        Config config = config("della_linear", List.of(3, 150_000), "density: 0.6", "epsilon: 0.3");
        assertSame(config, "--tile-elements", "20000", "-j", "3");
        assertSame(config, "--tile-elements", "1000000", "-j", "1");
    }

    @Test
    void fusionAddsUpRowsThatLieAcrossBlocks() throws IOException {
        Config config = config("arcee_fusion", List.of(3, 150_000));
        assertSame(config, "--tile-elements", "20000", "-j", "3");
        Config one = config("arcee_fusion", List.of(600_000));
        assertSame(one, "--tile-elements", "20000", "-j", "3");
    }

    /** Of a row that does not fit into the table, magnitudes that are nearly equal share a rank. */
    @Test
    void dellaKeepsTheRightShareOfEveryTenthOfAVeryLongRow() throws IOException {
        double density = 0.5;
        double epsilon = 0.2;
        Config config = config("della_linear", List.of(1_200_000), "density: " + density, "epsilon: " + epsilon)
                .with("rescale: false");
        Tensor merged = Weir.merge(folder, config.toString(), "--random-seed", "" + SEED, "-j", "2")
                .tensor(TENSOR);
        double[] base = model("base").tensor(TENSOR).values().toArray();
        double[] magnitudes = IntStream.range(0, base.length)
                .mapToDouble(i -> Math.abs(model("e0").tensor(TENSOR).at(i) - base[i]))
                .toArray();
        double[] sorted = magnitudes.clone();
        Arrays.sort(sorted);
        int tenth = sorted.length / 10;
        for (int part = 0; part < 10; part++) {
            double from = sorted[part * tenth];
            double to = sorted[(part + 1) * tenth - 1];
            double kept = IntStream.range(0, base.length)
                    .filter(i -> magnitudes[i] >= from && magnitudes[i] <= to && merged.at(i) != base[i])
                    .count();
            double expected = density - epsilon + 2 * epsilon * (part + 0.5) / 10;
            assertEquals(expected, kept / tenth, 0.01, "tenth " + part);
        }
    }

    private void assertSame(Config config, String... options) throws IOException {
        String[] all = Arrays.copyOf(options, options.length + 2);
        all[options.length] = "--random-seed";
        all[options.length + 1] = "" + SEED;
        Tensor found = Weir.merge(folder, config.toString(), all).tensor(TENSOR);
        Reference reference = new Reference(
                CaseConfig.parse(config.toString()),
                this::model,
                (tensor, expert, element, probability) ->
                        CounterRandom.of(SEED, expert, tensor).keeps(element, CounterRandom.keep48(probability)));
        Truth truth = reference.merge(TENSOR);
        Closeness.assertSame(TENSOR, found, truth);
        long changed = IntStream.range(0, found.elements())
                .filter(i -> found.at(i) != model("base").tensor(TENSOR).at(i))
                .count();
        assertTrue(changed > found.elements() / 100 && changed < found.elements() * 0.99, changed + " changed");
    }

    /** Weights as in models, and changes of which the floats hold every digit of the difference. */
    private Config config(String method, List<Integer> shape, String... parameters) throws IOException {
        Random random = new Random(shape.hashCode());
        Tensor base = Tensor.of(Format.F32, shape, i -> Math.rint(random.nextGaussian() * 64) / 256);
        Tensor expert = Tensor.of(
                Format.F32, shape, i -> base.at(i) + Math.rint(random.nextGaussian() * (1 << 16)) / (1 << 20));
        write("base", base);
        write("e0", expert);
        Config config = Config.of(method).base(folder.resolve("base"));
        return method.equals("arcee_fusion")
                ? config.model(folder.resolve("e0"))
                : config.model(folder.resolve("e0"), "weight: 1").with(parameters);
    }

    private void write(String name, Tensor tensor) throws IOException {
        Model model = new Model(Map.of(TENSOR, tensor));
        models.put(name, model);
        model.write(folder.resolve(name), 1);
    }

    private Model model(String path) {
        return Objects.requireNonNull(models.get(Path.of(path).getFileName().toString()), path);
    }
}
