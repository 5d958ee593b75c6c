package org.weir.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fisher-weighted averaging against its formula in double precision, on tensors of all shapes. */
class FisherLawsTest {
    private static final Map<String, List<Integer>> SHAPES = Map.of(
            "scalar",
            List.of(),
            "vector",
            List.of(5),
            "cube",
            List.of(2, 3, 4),
            "long",
            List.of(3, 3001),
            "row",
            List.of(1, 7),
            "column",
            List.of(6, 1));
    private static final double[] WEIGHTS = {1, 0.25, 3};

    @TempDir
    private Path folder;

    private final Model[] models = new Model[4];
    private final Model[] fishers = new Model[4];

    /** A base, which is number 0, and three experts; one element in three has no information in any of them. */
    @BeforeEach
    void makeModels() throws IOException {
        for (int m = 0; m < models.length; m++) {
            Random random = new Random(m);
            models[m] = model(i -> random.nextGaussian());
            fishers[m] = model(i -> i % 3 == 1 ? 0 : Math.exp(4 * random.nextGaussian() - 20));
            models[m].write(folder.resolve("m" + m), 1);
            fishers[m].write(folder.resolve("f" + m), 1 + m % 2);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, none, false, false",
        "0, 0, none, false, true",
        "1e-9, 0, none, false, false",
        "1e-9, 1e-8, none, false, true",
        "0, 0, model, false, false",
        "0, 0, tensor, false, true",
        "1e-10, 1e-10, model, false, true",
        "1e-9, 0, none, true, true",
        "1e-3, 0, model, true, true"
    })
    void isTheAverageWeightedByInformation(
            double floor, double epsilon, String normalize, boolean favor, boolean withBase) throws IOException {
        String parameters = "floor: %s, epsilon: %s, normalize: %s, favor_base: %s"
                .formatted(
                        String.format(Locale.ROOT, "%.15f", floor),
                        String.format(Locale.ROOT, "%.15f", epsilon),
                        normalize,
                        favor);
        Model merged = Weir.merge(folder, config(withBase, parameters), "--tile-elements", "1024");
        merged.tensors().forEach((name, tensor) -> {
            for (int i = 0; i < tensor.elements(); i++) {
                double sum = favor ? floor * models[0].tensor(name).at(i) : 0;
                double divisor = favor ? floor : 0;
                double plain = 0;
                for (int m = 1; m < models.length; m++) {
                    double norm = norm(fishers[m], name, normalize, favor ? 0 : floor, epsilon);
                    double information = raised(fishers[m].tensor(name).at(i), favor ? 0 : floor, epsilon) / norm;
                    sum += WEIGHTS[m - 1] * information * models[m].tensor(name).at(i);
                    divisor += WEIGHTS[m - 1] * information;
                    plain += WEIGHTS[m - 1] * models[m].tensor(name).at(i) / 4.25;
                }
                assertEquals(divisor == 0 ? plain : sum / divisor, tensor.at(i), 3e-6, name + "[" + i + "]");
            }
        });
    }

    @Test
    void whatNoModelCaresAboutIsTheBasesBitForBitIfThatIsFavored() throws IOException {
        Model merged = Weir.merge(folder, config(true, "favor_base: true, floor: 1e-6"));
        Tensor base = models[0].tensor("long");
        for (int i = 1; i < base.elements(); i += 3) {
            assertEquals(base.at(i), merged.tensor("long").at(i));
        }
    }

    @Test
    void refusesStatisticsThatAreMissingOrOfOtherShapes() throws IOException {
        Map<String, Tensor> wrong = new TreeMap<>(fishers[2].tensors());
        wrong.remove("cube");
        wrong.put("vector", wrong.get("row"));
        new Model(wrong).write(folder.resolve("f2"), 1);
        Weir.Run run = Weir.tryMerge(folder, config(false, "floor: 0"));
        assertEquals(3, run.exitCode(), run.err());
        for (String word : List.of("cube", "missing from " + folder.resolve("f2"), "vector", "[1, 7]", "[5]")) {
            assertTrue(run.err().contains(word), word + " in " + run.err());
        }
        Weir.Run without =
                Weir.tryMerge(folder, "merge_method: fisher\nmodels:\n- model: " + folder.resolve("m1") + "\n");
        assertEquals(2, without.exitCode());
        assertTrue(without.err().contains("models[0] has no statistics"), without.err());
        Weir.Run unused = Weir.tryMerge(folder, config(false, "weight: 1").replace("fisher", "linear"));
        assertTrue(unused.err().contains("linear does not use"), unused.err());
    }

    @Test
    void informationThatIsNanStaysOneElement() throws IOException {
        Map<String, Tensor> odd = new TreeMap<>(fishers[1].tensors());
        Tensor vector = fishers[1].tensor("vector");
        odd.put("vector", Tensor.of(Format.F32, vector.shape(), i -> i == 3 ? Double.NaN : vector.at(i)));
        new Model(odd).write(folder.resolve("f1"), 2);
        Tensor merged = Weir.merge(folder, config(true, "floor: 0"), "--non-finite", "warn")
                .tensor("vector");
        assertTrue(Double.isNaN(merged.at(3)));
        assertEquals(1, merged.values().filter(Double::isNaN).count());
    }

    private String config(boolean withBase, String parameters) {
        StringBuilder config = new StringBuilder("merge_method: fisher\n");
        if (withBase) {
            config.append("base_model: ").append(folder.resolve("m0")).append('\n');
        }
        config.append("models:\n");
        for (int m = 1; m < models.length; m++) {
            config.append("- model: %s%n  statistics: %s%n  parameters: {weight: %s}%n"
                    .formatted(folder.resolve("m" + m), folder.resolve("f" + m), WEIGHTS[m - 1]));
        }
        return config + "parameters: {" + parameters + "}\n";
    }

    private static double raised(double information, double floor, double epsilon) {
        return Math.max(information, floor) + epsilon;
    }

    private static double norm(Model fisher, String tensor, String scope, double floor, double epsilon) {
        double squares = fisher.tensors().entrySet().stream()
                .filter(each -> scope.equals("model") || each.getKey().equals(tensor))
                .flatMapToDouble(each -> each.getValue().values())
                .map(x -> raised(x, floor, epsilon) * raised(x, floor, epsilon))
                .sum();
        return scope.equals("none") || squares == 0 ? 1 : Math.sqrt(squares);
    }

    private interface Value {
        double of(int element);
    }

    private static Model model(Value value) {
        Map<String, Tensor> tensors = new TreeMap<>();
        SHAPES.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(each -> tensors.put(each.getKey(), Tensor.of(Format.F32, each.getValue(), value::of)));
        return new Model(tensors);
    }
}
