package org.weir.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** RegMean against its normal equations, solved by elimination in double precision. */
class RegMeanLawsTest {
    private static final Map<String, List<Integer>> SHAPES = new TreeMap<>(Map.of(
            "one.weight", List.of(1, 1),
            "row.weight", List.of(1, 9),
            "column.weight", List.of(6, 1),
            "cube", List.of(2, 3, 4),
            "tall.weight", List.of(150, 3),
            "wide.weight", List.of(6, 65),
            "large.weight", List.of(70, 150),
            "bias", List.of(7),
            "scalar", List.of()));
    private static final double[] WEIGHTS = {1, 0.5, 2};
    /** An input that no model ever saw anything at. */
    private static final int DEAD = 2;

    @TempDir
    private Path folder;

    private final Model[] models = new Model[3];
    private final Model[] grams = new Model[3];

    @BeforeEach
    void makeModels() throws IOException {
        for (int m = 0; m < models.length; m++) {
            Random random = new Random(m);
            Map<String, Tensor> tensors = new TreeMap<>();
            Map<String, Tensor> measured = new TreeMap<>();
            SHAPES.forEach((name, shape) -> {
                tensors.put(name, Tensor.of(Format.F32, shape, i -> random.nextGaussian()));
                if (shape.size() == 2) {
                    measured.put(name, gram(shape.get(1), random));
                }
            });
            models[m] = new Model(tensors);
            grams[m] = new Model(measured);
            models[m].write(folder.resolve("m" + m), 1);
            grams[m].write(folder.resolve("g" + m), 1);
        }
    }

    @ParameterizedTest
    @CsvSource({"0.9, 0", "0.5, 0", "0, 0", "0.9, 0.1", "1, 0.01"})
    void solvesTheNormalEquations(double alpha, double ridge) throws IOException {
        Model merged = Weir.merge(folder, config("alpha: " + alpha + ", ridge: " + ridge));
        SHAPES.forEach((name, shape) -> {
            double[] expected = shape.size() == 2 ? solved(name, alpha, ridge) : mean(name);
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], merged.tensor(name).at(i), 2e-5, name + "[" + i + "]");
            }
        });
    }

    @Test
    void threadsAndTilesDoNotShow() throws IOException {
        Model expected = Weir.merge(folder, config("alpha: 0.9"));
        for (List<String> cut : List.of(
                List.of("-j", "1"),
                List.of("-j", "3", "--tile-elements", "1024"),
                List.of("-j", "2", "--tile-elements", "2049", "--reader", "direct", "--page-cache", "drop"),
                List.of("-j", "4", "--reader", "copied"))) {
            assertEquals(expected, Weir.merge(folder, config("alpha: 0.9"), cut.toArray(String[]::new)), cut::toString);
        }
    }

    @Test
    void statisticsThatAreNoGramMatrixEndTheMergeWithTheirPlace() throws IOException {
        Map<String, Tensor> odd = new TreeMap<>(grams[1].tensors());
        Tensor gram = grams[1].tensor("large.weight");
        int place = 75 * 150 + 75;
        odd.put("large.weight", Tensor.of(Format.F32, gram.shape(), i -> i == place ? -0.25 : gram.at(i)));
        Path file = folder.resolve("g1/model.safetensors");
        new Model(odd).write(file.getParent(), 1);
        Weir.Run run = Weir.tryMerge(folder, config("alpha: 0.9"));
        assertEquals(3, run.exitCode(), run.err());
        assertTrue(
                run.err().contains(file + ": tensor 'large.weight': found -0.25 at [75, 75], expected a Gram matrix"),
                run.err());
    }

    @Test
    void shardsOfModelsAndStatisticsDoNotShow() throws IOException {
        Model expected = Weir.merge(folder, config("alpha: 0.9"));
        for (int m = 0; m < models.length; m++) {
            for (String name : List.of("m" + m, "g" + m)) {
                Files.delete(folder.resolve(name).resolve("model.safetensors"));
            }
            models[m].write(folder.resolve("m" + m), 2 + m % 2);
            grams[m].write(folder.resolve("g" + m), 2);
        }
        assertEquals(expected, Weir.merge(folder, config("alpha: 0.9")));
    }

    /** Of a square matrix nothing but the other layers' biases says which side the Gram matrix belongs to. */
    @ParameterizedTest
    @CsvSource({"true, 3", "false, 0"})
    void weightsThatAreStoredTheOtherWayRoundAreRefused(boolean transposed, int exitCode) throws IOException {
        Map<String, List<Integer>> shapes = Map.of(
                "h.0.c_attn.weight", transposed ? List.of(6, 18) : List.of(18, 6),
                "h.0.c_attn.bias", List.of(18),
                "h.0.c_proj.weight", List.of(6, 6),
                "h.0.c_proj.bias", List.of(6));
        for (int m = 0; m < models.length; m++) {
            Random random = new Random(m);
            Map<String, Tensor> tensors = new TreeMap<>();
            shapes.forEach(
                    (name, shape) -> tensors.put(name, Tensor.of(Format.F32, shape, _ -> random.nextGaussian())));
            new Model(tensors).write(folder.resolve("m" + m), 1);
            new Model(Map.of("h.0.c_proj.weight", gram(6, random))).write(folder.resolve("g" + m), 1);
        }
        Weir.Run run = Weir.tryMerge(folder, config("alpha: 0.9"));
        assertEquals(exitCode, run.exitCode(), run.err());
        assertEquals(transposed, run.err().contains("h.0.c_proj.weight: is stored as [in, out]"), run.err());
    }

    @Test
    void modelsThatAgreeStayWhatTheyAreButForTheRoundingOfTheirMean() throws IOException {
        for (int m = 1; m < models.length; m++) {
            models[0].write(folder.resolve("m" + m), 1);
        }
        Model merged = Weir.merge(folder, config("alpha: 0.9"));
        merged.tensors().forEach((name, tensor) -> {
            for (int i = 0; i < tensor.elements(); i++) {
                assertEquals(models[0].tensor(name).at(i), tensor.at(i), Math.ulp((float) tensor.at(i)), name);
            }
        });
    }

    @Test
    void whatOneModelHasNotMeasuredIsAveragedAndThePlanSaysSo() throws IOException {
        Map<String, Tensor> fewer = new TreeMap<>(grams[1].tensors());
        fewer.remove("wide.weight");
        new Model(fewer).write(folder.resolve("g1"), 1);
        String config = config("alpha: 0.9");
        Model merged = Weir.merge(folder, config);
        double[] mean = mean("wide.weight");
        for (int i = 0; i < mean.length; i++) {
            assertEquals(mean[i], merged.tensor("wide.weight").at(i), 1e-6);
        }
        Path file = Files.writeString(folder.resolve("plan.yml"), config);
        Weir.Run plan = Weir.run(List.of("plan", file.toString()));
        assertTrue(
                plan.out()
                        .contains(
                                "averaged, for want of a Gram matrix from every model: bias, cube, scalar, wide.weight"),
                plan.out());
        assertTrue(plan.out().contains("statistics") && plan.out().contains("largest system"), plan.out());
    }

    @Test
    void aNanInAGramMatrixEndsTheMerge() throws IOException {
        Map<String, Tensor> odd = new TreeMap<>(grams[1].tensors());
        Tensor gram = grams[1].tensor("wide.weight");
        odd.put("wide.weight", Tensor.of(Format.F32, gram.shape(), i -> i == 70 ? Double.NaN : gram.at(i)));
        new Model(odd).write(folder.resolve("g1"), 1);
        Weir.Run run = Weir.tryMerge(folder, config("alpha: 0.9"));
        assertEquals(3, run.exitCode(), run.err());
        String place = "NaN in " + folder.resolve("g1/model.safetensors") + ", the first at element 70";
        assertTrue(run.err().contains("tensor wide.weight: " + place), run.err());
        Tensor merged =
                Weir.merge(folder, config("alpha: 0.9"), "--non-finite", "warn").tensor("wide.weight");
        assertTrue(merged.values().anyMatch(Double::isNaN));
    }

    @Test
    void whatIsNotFiniteIsCountedInMatricesAndStatistics() throws IOException {
        plant(
                models[0],
                "m0",
                "large.weight",
                Map.of(7, Double.NaN, 10_499, Double.POSITIVE_INFINITY, 4000, Double.NaN));
        plant(grams[2], "g2", "large.weight", Map.of(22_499, Double.NEGATIVE_INFINITY));
        for (List<String> cut : List.of(List.of("-j", "1"), List.of("-j", "3", "--tile-elements", "1024"))) {
            Path report = folder.resolve("report.json");
            List<String> options = new ArrayList<>(cut);
            options.addAll(List.of("--non-finite", "warn", "--report", report.toString()));
            Weir.Run run = Weir.tryMerge(folder, config("alpha: 0.9"), options.toArray(String[]::new));
            assertEquals(0, run.exitCode(), run.err());
            String warning = "weir: warning: tensor large.weight: ";
            assertTrue(
                    run.err()
                            .contains(warning + "2 NaN and 1 infinity in " + folder.resolve("m0/model.safetensors")
                                    + ", the first at element 7"),
                    run.err());
            assertTrue(
                    run.err()
                            .contains(warning + "1 infinity in " + folder.resolve("g2/model.safetensors")
                                    + ", the first at element 22499"),
                    run.err());
            assertFalse(run.err().contains("beyond what the output's dtype holds"), run.err());
            assertFalse(run.err().contains("tall.weight"), run.err());
        }
        Weir.Run ignored = Weir.tryMerge(folder, config("alpha: 0.9"), "--non-finite", "ignore");
        assertFalse(ignored.err().contains("warning"), ignored.err());
        Weir.Run failed = Weir.tryMerge(folder, config("alpha: 0.9"));
        assertEquals(3, failed.exitCode(), failed.err());
        assertTrue(failed.err().contains("tensor large.weight: "), failed.err());
    }

    @Test
    void resultsBeyondTheOutputsDtypeAreCounted() throws IOException {
        for (int m = 0; m < models.length; m++) {
            plant(models[m], "m" + m, "tall.weight", Map.of(5, 90_000.0));
        }
        Weir.Run run = Weir.tryMerge(folder, config("alpha: 0.9"), "--out-dtype", "float16");
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(
                run.err()
                        .contains("tensor tall.weight: 1 result is beyond what the output's dtype holds, "
                                + "the first at element 5"),
                run.err());
    }

    private void plant(Model model, String name, String tensor, Map<Integer, Double> values) throws IOException {
        Map<String, Tensor> tensors = new TreeMap<>(model.tensors());
        Tensor clean = model.tensor(tensor);
        tensors.put(tensor, Tensor.of(Format.F32, clean.shape(), i -> values.getOrDefault(i, clean.at(i))));
        new Model(tensors).write(folder.resolve(name), 1);
    }

    @Test
    void refusesMatricesOfOtherShapes() throws IOException {
        Map<String, Tensor> wrong = new TreeMap<>(grams[2].tensors());
        wrong.put("tall.weight", grams[2].tensor("row.weight"));
        new Model(wrong).write(folder.resolve("g2"), 1);
        Weir.Run run = Weir.tryMerge(folder, config("alpha: 0.9"));
        assertEquals(3, run.exitCode(), run.err());
        assertTrue(run.err().contains("tall.weight") && run.err().contains("[9, 9]"), run.err());
    }

    @Test
    void readsAsManyBytesAsPlanned() throws IOException {
        Path report = folder.resolve("report.json");
        Weir.mergeFolder(folder, config("alpha: 0.9"), "--report", report.toString());
        Path file = Files.writeString(folder.resolve("plan.yml"), config("alpha: 0.9"));
        long planned = JsonMapper.shared()
                .readTree(Weir.run(List.of("plan", file.toString(), "--log-format", "json"))
                        .out())
                .findValue("readBytes")
                .asLong();
        long read = JsonMapper.shared()
                .readTree(Files.readString(report))
                .findValue("readBytes")
                .asLong();
        assertEquals(planned, read);
    }

    private String config(String parameters) {
        StringBuilder config = new StringBuilder("merge_method: regmean\nmodels:\n");
        for (int m = 0; m < models.length; m++) {
            config.append("- model: %s%n  statistics: %s%n  parameters: {weight: %s}%n"
                    .formatted(folder.resolve("m" + m), folder.resolve("g" + m), WEIGHTS[m]));
        }
        return config + "parameters: {" + parameters + "}\n";
    }

    private double[] mean(String name) {
        double all = Arrays.stream(WEIGHTS).sum();
        return IntStream.range(0, models[0].tensor(name).elements())
                .mapToDouble(i -> IntStream.range(0, models.length)
                                .mapToDouble(
                                        m -> WEIGHTS[m] * models[m].tensor(name).at(i))
                                .sum()
                        / all)
                .toArray();
    }

    /** (Σ wᵢWᵢGᵢ)(Σ wᵢGᵢ)⁻¹; at inputs that were never seen the mean. */
    private double[] solved(String name, double alpha, double ridge) {
        int out = SHAPES.get(name).get(0);
        int n = SHAPES.get(name).get(1);
        double[][] system = new double[n][n + out];
        for (int m = 0; m < models.length; m++) {
            Tensor gram = grams[m].tensor(name);
            double trace =
                    IntStream.range(0, n).mapToDouble(k -> gram.at(k * n + k)).sum();
            for (int r = 0; r < n; r++) {
                for (int c = 0; c < n; c++) {
                    double g =
                            WEIGHTS[m] * (r == c ? gram.at(r * n + c) + ridge * trace / n : alpha * gram.at(r * n + c));
                    system[r][c] += g;
                    for (int o = 0; o < out; o++) {
                        system[r][n + o] += g * models[m].tensor(name).at(o * n + c);
                    }
                }
            }
        }
        double[] mean = mean(name);
        for (int r = 0; r < n; r++) {
            if (system[r][r] == 0) {
                system[r][r] = 1;
                for (int o = 0; o < out; o++) {
                    system[r][n + o] = mean[o * n + r];
                }
            }
        }
        eliminate(system);
        double[] solved = new double[out * n];
        for (int i = 0; i < solved.length; i++) {
            solved[i] = system[i % n][n + i / n] / system[i % n][i % n];
        }
        return solved;
    }

    /** Gauss and Jordan; the system is positive definite, so it needs no pivoting. */
    private static void eliminate(double[][] system) {
        for (int k = 0; k < system.length; k++) {
            for (int r = 0; r < system.length; r++) {
                double factor = system[r][k] / system[k][k];
                for (int c = k; c < system[k].length && r != k && factor != 0; c++) {
                    system[r][c] -= factor * system[k][c];
                }
            }
        }
    }

    /** XᵀX/n of inputs that hang together, one of which is always 0. */
    private static Tensor gram(int n, Random random) {
        double[][] inputs = new double[3 * n + 5][n];
        for (double[] x : inputs) {
            double common = random.nextGaussian();
            Arrays.setAll(x, i -> i == DEAD ? 0 : (1 + i % 4) * (0.5 * common + random.nextGaussian()));
        }
        double[] products = new double[n * n];
        for (double[] x : inputs) {
            for (int i = 0; i < products.length; i++) {
                products[i] += x[i / n] * x[i % n] / inputs.length;
            }
        }
        return Tensor.of(Format.F32, List.of(n, n), i -> products[i]);
    }
}
