package org.weir.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Merges of networks that were really trained, judged by what they can do. The thresholds stand below what was measured, by
 * more than other random masks or another rounding move it.
 */
class MiniatureTest {
    private static final double SMALLEST_HELD_IN = 0.92;
    private static final double SMALLEST_HELD_OUT = 1.03;
    private static final List<String> SEEDS = List.of("1", "2", "3");

    private final Family strong = Family.named("strong");
    private final Family weak = Family.named("weak");

    @TempDir
    private Path folder;

    @Test
    void basesScoreWhatIsSaidOfThem() {
        assertEquals(0.875, strong.heldIn(strong.base()), 0.005);
        assertEquals(0.605, weak.heldIn(weak.base()), 0.005);
    }

    @Test
    void averageOfTheStrongExpertsDoesAllTheirTasksAndHelpsOnOthers() throws IOException {
        assertGood("average", average(strong));
    }

    @Test
    void averageOfTheWeakExpertsGainsHalfOfWhatTheyLearnt() throws IOException {
        double score = weak.heldIn(average(weak));
        assertTrue(score >= 0.74, "held-in score " + score);
    }

    @Test
    void taskArithmeticOfTheStrongExpertsDoesAllTheirTasksAndHelpsOnOthers() throws IOException {
        assertGood("task arithmetic", taskArithmetic(strong).merged());
    }

    @Test
    void tiesOfTheStrongExpertsDoesAllTheirTasksAndHelpsOnOthers() throws IOException {
        assertGood("ties", ties(strong).merged());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "floor: 1.0e-6", "normalize: model", "normalize: tensor, epsilon: 1.0e-4"})
    void fisherIsAsGoodAsTheAverage(String parameters) throws IOException {
        double score = weak.heldIn(Weir.merge(folder, measured(weak, "fisher", "fisher", parameters)));
        assertTrue(score >= weak.heldIn(average(weak)) - 0.01, "held-in score " + score);
    }

    /**
     * Measured: 0.7770 for the average; 0.8260 with alpha 0.9, which is 0.049 more and not the 0.05 that were hoped for, 0.830
     * with 0.95, 0.839 with 1. A solve in double with numpy gives the same, whatever ridge or norm the Gram matrices get, and
     * fewer layers solved for give less.
     */
    @Test
    void regMeanIsMuchBetterThanTheAverage() throws IOException {
        double average = weak.heldIn(average(weak));
        double usual = weak.heldIn(Weir.merge(folder, measured(weak, "regmean", "gram", "alpha: 0.9")));
        assertTrue(usual >= average + 0.048, "alpha 0.9: held-in score " + usual + ", the average's " + average);
        double full = weak.heldIn(Weir.merge(folder, measured(weak, "regmean", "gram", "alpha: 1")));
        assertTrue(full >= average + 0.05, "alpha 1: held-in score " + full);
        double diagonal = weak.heldIn(Weir.merge(folder, measured(weak, "regmean", "gram", "alpha: 0")));
        assertEquals(average, diagonal, 0.01, "alpha 0 is nearly the mean");
    }

    private static String measured(Family family, String method, String statistics, String parameters) {
        StringBuilder config = new StringBuilder("merge_method: " + method + "\nmodels:\n");
        for (int k = 1; k <= 8; k++) {
            config.append("- model: ").append(family.expertPaths().get(k - 1)).append('\n');
            config.append("  statistics: %s/weak-%s-%d.safetensors%n"
                    .formatted(Resources.folder("miniature"), statistics, k));
        }
        return config + "parameters: {" + parameters + "}\n";
    }

    @Test
    void tenthOfAnExpertsDeltaIsEnoughIfItIsRescaled() throws IOException {
        double rescaled = dareOneExpertAtATime(weak, true);
        assertTrue(rescaled >= 0.89, "rescaled: " + rescaled);
        double plain = dareOneExpertAtATime(weak, false);
        assertTrue(plain <= 0.86, "not rescaled: " + plain);
    }

    /** Control: deltas of the same sizes in other places teach nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"strong", "weak"})
    void shuffledDeltasLeaveTheBaseAsGoodAsItWas(String name) throws IOException {
        Family family = Family.named(name);
        double score = 0;
        int shuffles = 3;
        for (int seed = 0; seed < shuffles; seed++) {
            Config config = Config.of("linear");
            for (int k = 0; k < family.experts().size(); k++) {
                Path expert = folder.resolve(name + seed + "-" + k);
                shuffled(family.base(), family.experts().get(k), new Random(100L * seed + k))
                        .write(expert, 1);
                config.model(expert, "weight: 1");
            }
            score += family.heldIn(Weir.merge(folder, config.toString())) / shuffles;
        }
        assertEquals(family.heldIn(family.base()), score, 0.03);
    }

    @ParameterizedTest
    @ValueSource(strings = {"task_arithmetic", "ties", "dare_linear", "dare_ties"})
    void lambdaOfZeroGivesTheBaseBitForBit(String method) throws IOException {
        for (Family family : List.of(strong, weak)) {
            Config config = Config.of(method)
                    .base(family.basePath())
                    .models(family.expertPaths(), "weight: 1", "density: 0.2")
                    .with("lambda: 0");
            assertEquals(family.base(), Weir.merge(folder, config.toString()));
        }
    }

    private void assertGood(String what, Model merged) {
        double heldIn = strong.heldIn(merged);
        double heldOut = strong.heldOut(merged);
        assertTrue(heldIn >= SMALLEST_HELD_IN, what + ": held-in score " + heldIn);
        assertTrue(heldOut >= SMALLEST_HELD_OUT, what + ": held-out score " + heldOut);
    }

    private Model average(Family family) throws IOException {
        return Weir.merge(
                folder,
                Config.of("linear").models(family.expertPaths(), "weight: 1").toString());
    }

    private LambdaPicker.Pick taskArithmetic(Family family) throws IOException {
        return LambdaPicker.pick(family, 0.5, 10, lambda -> {
            Config config = Config.of("task_arithmetic")
                    .base(family.basePath())
                    .models(family.expertPaths(), "weight: 1")
                    .with("lambda: " + lambda);
            return Weir.merge(folder, config.toString());
        });
    }

    private LambdaPicker.Pick ties(Family family) throws IOException {
        return LambdaPicker.pick(family, 1, 10, lambda -> {
            Config config = Config.of("ties")
                    .base(family.basePath())
                    .models(family.expertPaths(), "weight: 1", "density: 0.2")
                    .with("lambda: " + lambda);
            return Weir.merge(folder, config.toString());
        });
    }

    /** Mean over the experts of what each keeps of its own task, and over three masks. */
    private double dareOneExpertAtATime(Family family, boolean rescale) throws IOException {
        double sum = 0;
        for (int k = 0; k < family.experts().size(); k++) {
            String config = Config.of("dare_linear")
                    .base(family.basePath())
                    .model(family.expertPaths().get(k), "weight: 1", "density: 0.1")
                    .with("rescale: " + rescale)
                    .toString();
            for (String seed : SEEDS) {
                sum += family.heldIn(k, Weir.merge(folder, config, "--random-seed", seed));
            }
        }
        return sum / (family.experts().size() * SEEDS.size());
    }

    /** The expert with the elements of each delta in another order. */
    private static Model shuffled(Model base, Model expert, Random random) {
        Map<String, Tensor> tensors = new TreeMap<>();
        base.tensors().forEach((name, from) -> {
            Tensor to = expert.tensor(name);
            List<Integer> order =
                    new ArrayList<>(IntStream.range(0, from.elements()).boxed().toList());
            Collections.shuffle(order, random);
            tensors.put(
                    name,
                    Tensor.of(Format.F32, from.shape(), i -> from.at(i) + to.at(order.get(i)) - from.at(order.get(i))));
        });
        return new Model(tensors);
    }
}
