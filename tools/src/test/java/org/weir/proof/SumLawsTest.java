package org.weir.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What sums and means owe to everybody, whatever the numbers are. */
class SumLawsTest {
    private static final Path BASE = Goldens.path("models/micro-f32/base");
    private static final Path E1 = Goldens.path("models/micro-f32/e1");
    private static final Path E2 = Goldens.path("models/micro-f32/e2");
    private static final Path E3 = Goldens.path("models/micro-f32/e3");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"linear", "task_arithmetic", "ties"})
    void orderOfTheExpertsDoesNotMatterBeyondRounding(String method) throws IOException {
        Config one =
                config(method).model(E1, "weight: 1").model(E2, "weight: 0.5").model(E3, "weight: 0.7");
        Config other =
                config(method).model(E3, "weight: 0.7").model(E1, "weight: 1").model(E2, "weight: 0.5");
        assertSame(one, other);
    }

    @ParameterizedTest
    @ValueSource(strings = {"linear", "task_arithmetic", "ties"})
    void modelListedTwiceCountsTwice(String method) throws IOException {
        Config twice =
                config(method).model(E1, "weight: 0.6").model(E2, "weight: 0.3").model(E1, "weight: 0.6");
        Config once = config(method).model(E1, "weight: 1.2").model(E2, "weight: 0.3");
        assertSame(once, twice);
    }

    @ParameterizedTest
    @ValueSource(strings = {"models/micro/e1", "models/micro-f16/e1", "models/micro-f32/e1"})
    void averageOfOneModelIsItsBits(String model) throws IOException {
        Config config = Config.of("linear").model(Goldens.path(model), "weight: 1");
        assertEquals(Goldens.model(model), Weir.merge(folder, config.toString()));
    }

    @Test
    void averageOfAModelAndItselfIsItsBits() throws IOException {
        Config config = Config.of("linear").models(List.of(E1, E1), "weight: 1");
        assertEquals(Goldens.model("models/micro-f32/e1"), Weir.merge(folder, config.toString()));
    }

    @Test
    void averageOfOneModelKeepsZerosSignsAndTheSmallestAndLargestNumbers() throws IOException {
        Model odd = oddNumbers(0);
        odd.write(folder.resolve("odd"), 1);
        Config config = Config.of("linear").model(folder.resolve("odd"), "weight: 1");
        assertEquals(odd, Weir.merge(folder, config.toString()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"task_arithmetic", "ties", "dare_linear", "dare_ties"})
    void lambdaOfZeroKeepsZerosSignsAndTheSmallestAndLargestNumbersOfTheBase(String method) throws IOException {
        Model base = oddNumbers(0);
        base.write(folder.resolve("base"), 1);
        oddNumbers(3).write(folder.resolve("expert"), 1);
        Config config = Config.of(method)
                .base(folder.resolve("base"))
                .model(folder.resolve("expert"), "weight: 1", "density: 0.5")
                .with("lambda: 0");
        assertEquals(base, Weir.merge(folder, config.toString()));
    }

    /** −0 + 0 is +0, so a delta of zero must not be added. */
    @ParameterizedTest
    @ValueSource(strings = {"task_arithmetic", "ties", "dare_linear", "dare_ties"})
    void elementsThatNoExpertChangedKeepTheBasesBits(String method) throws IOException {
        Model base = oddNumbers(0);
        Tensor edges = base.tensor("edges");
        Model changed = base.map(tensor -> Tensor.of(Format.F32, tensor.shape(), i -> i == 34 ? 3 : tensor.at(i)));
        base.write(folder.resolve("base"), 1);
        changed.write(folder.resolve("expert"), 1);
        Config config = Config.of(method)
                .base(folder.resolve("base"))
                .model(folder.resolve("expert"), "weight: 1")
                .model(folder.resolve("base"), "weight: 1");
        Tensor merged = Weir.merge(folder, config.toString()).tensor("edges");
        assertEquals(3, merged.at(34), 1e-6);
        assertEquals(edges, Tensor.of(Format.F32, edges.shape(), i -> i == 34 ? edges.at(34) : merged.at(i)));
    }

    /** base + (expert − base) rounds twice, at the scale of the larger of the two. */
    @Test
    void wholeDeltaOfOneExpertGivesTheExpert() throws IOException {
        Config config = config("task_arithmetic").model(E1, "weight: 1");
        Model merged = Weir.merge(folder, config.toString());
        Model base = Goldens.model("models/micro-f32/base");
        Goldens.model("models/micro-f32/e1").tensors().forEach((name, expert) -> {
            for (int i = 0; i < expert.elements(); i++) {
                double unit = Math.max(Format.F32.ulp(base.tensor(name).at(i)), Format.F32.ulp(expert.at(i)));
                double difference = Math.abs(merged.tensor(name).at(i) - expert.at(i));
                assertTrue(difference <= unit, name + "[" + i + "]");
            }
        });
    }

    @Test
    void deltaAddedAndTakenAwayLeavesTheBase() throws IOException {
        Config config = config("task_arithmetic").model(E1, "weight: 0.7").model(E1, "weight: -0.7");
        assertEquals(Goldens.model("models/micro-f32/base"), Weir.merge(folder, config.toString()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"linear", "task_arithmetic", "ties", "dare_linear", "dare_ties"})
    void tensorsOfOneElementAndOfNoneAreTensorsToo(String method) throws IOException {
        Model base = fewElements(1);
        Model expert = fewElements(3);
        base.write(folder.resolve("base"), 1);
        expert.write(folder.resolve("expert"), 2);
        Config config = Config.of(method).model(folder.resolve("expert"), "weight: 0.5");
        if (method.equals("linear")) {
            config.model(folder.resolve("base"), "weight: 0.5");
        } else {
            config.base(folder.resolve("base"));
        }
        if (method.equals("ties")) {
            config.with("density: 0.5", "normalize: false");
        }
        assertEquals(fewElements(2), Weir.merge(folder, config.toString()));
    }

    private static Config config(String method) {
        return switch (method) {
            case "linear" -> Config.of(method);
            case "ties" -> Config.of(method).base(BASE).with("density: 0.5");
            default -> Config.of(method).base(BASE);
        };
    }

    private void assertSame(Config one, Config other) throws IOException {
        Reference reference = new Reference(CaseConfig.parse(one.toString()), Goldens::model);
        Model expected = Weir.merge(folder, one.toString());
        Model found = Weir.merge(folder, other.toString());
        expected.tensors().forEach((name, tensor) -> {
            Closeness.assertSame(name, found.tensor(name), reference.merge(name).withValues(tensor));
        });
    }

    /** Numbers at the edges of f32, beginning with another one in each model. */
    private static Model oddNumbers(int first) {
        double[] edges = {
            0.0,
            -0.0,
            Float.MIN_VALUE,
            -Float.MIN_VALUE,
            Float.MIN_NORMAL,
            -1.5f * Float.MIN_NORMAL,
            1,
            -1,
            0x1p100,
            -0x1p100
        };
        Tensor tensor = Tensor.of(Format.F32, List.of(5, 7), i -> edges[(i + first) % edges.length]);
        return new Model(Map.of("edges", tensor));
    }

    private static Model fewElements(double value) {
        return new Model(Map.of(
                "none", Tensor.of(Format.F32, List.of(0, 24), i -> value),
                "one", Tensor.of(Format.F32, List.of(1), i -> value),
                "scalar", Tensor.of(Format.F32, List.of(), i -> value)));
    }
}
