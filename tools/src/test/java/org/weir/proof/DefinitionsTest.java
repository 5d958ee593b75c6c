package org.weir.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.weir.simd.CounterRandom;

/**
 * Every method against its definition in double precision, over tensors of odd shapes, weights of all signs, deltas of which
 * many are zero or equal, and NaN. All numbers are multiples of a power of two, so that floats hold them and their differences
 * exactly, and which are equal does not depend on who computes.
 */
class DefinitionsTest {
    private static final int ROUNDS = 8;
    private static final long SEED = 11;
    private static final List<List<Integer>> SHAPES = List.of(
            List.of(),
            List.of(1),
            List.of(7),
            List.of(5, 1),
            List.of(1, 9),
            List.of(33, 65),
            List.of(3, 4, 5),
            List.of(2, 1, 2500),
            List.of(5000),
            List.of(0, 4));

    private static final Set<String> WITHOUT_WEIGHTS =
            Set.of("sce", "ram", "ramplus_tl", "magmax", "consensus", "nearswap", "arcee_fusion", "passthrough");

    @TempDir
    private Path folder;

    private final Map<String, Model> models = new HashMap<>();

    static Stream<Arguments> merges() {
        List<String> configs = List.of(
                "linear; normalize: false",
                "linear; normalize: true",
                "passthrough; scale: -0.5",
                "task_arithmetic; lambda: 0.75",
                "task_arithmetic; normalize: true",
                "ties; density: 0.3",
                "ties; density: 0.7, normalize: false, lambda: 1.5",
                "ties; density: 0.01, rescale: true",
                "dare_linear; density: 0.4",
                "dare_linear; density: 0.5, rescale: false, normalize: true",
                "dare_ties; density: 0.5, lambda: 0.5",
                "dare_ties; density: 0.25, rescale: false, normalize: true",
                "sce",
                "sce; select_topk: 0.3",
                "sce; select_topk: 0.001",
                "ram; epsilon: 0.004",
                "ramplus_tl; epsilon: 0.004, r: 0.5, alpha: 3",
                "magmax; lambda: 0.75",
                "consensus; min_masks: 2, mask_lambda: 0.3",
                "consensus; min_masks: 1, lambda: 0.5",
                "nearswap; t: 0.004",
                "arcee_fusion",
                "breadcrumbs; density: 0.5, gamma: 0.1",
                "breadcrumbs; density: 0.9, gamma: 0.3, rescale: true",
                "breadcrumbs; density: 0.01, gamma: 0, normalize: true",
                "breadcrumbs_ties; density: 0.6, gamma: 0.05, normalize: true",
                "della; density: 0.5",
                "della; density: 0.3, epsilon: 0.2, normalize: false",
                "della_linear; density: 0.7, epsilon: 0.25, rescale: false",
                "della_linear; density: 0.4, epsilon: 0, lambda: 0.5");
        return configs.stream()
                .flatMap(config -> IntStream.range(0, ROUNDS).mapToObj(round -> Arguments.of(config, round)));
    }

    @ParameterizedTest(name = "{0}, round {1}")
    @MethodSource("merges")
    void givesWhatTheDefinitionSays(String method, int round) throws IOException {
        Random random = new Random(31L * method.hashCode() + round);
        String name = method.split(";")[0];
        boolean single = List.of("nearswap", "arcee_fusion", "passthrough").contains(name);
        int experts = single ? 1 : 2 + random.nextInt(3);
        boolean nan = round % 4 == 3;
        write("base", random, 0, false);
        Config config = Config.of(name);
        if (!name.equals("linear") && !name.equals("passthrough")) {
            config.base(folder.resolve("base"));
        }
        for (int k = 0; k < experts; k++) {
            write("e" + k, random, 1, nan);
            config.model(folder.resolve("e" + k), weights(method, random, round, k));
        }
        if (method.contains(";")) {
            config.with(method.split(";")[1].strip());
        }
        Model merged = Weir.merge(
                folder,
                config.toString(),
                "--random-seed",
                String.valueOf(SEED),
                "--tile-elements",
                "3000",
                "--non-finite",
                "ignore");
        Reference reference = new Reference(
                CaseConfig.parse(config.toString()),
                this::model,
                (tensor, expert, element, probability) ->
                        CounterRandom.of(SEED, expert, tensor).keeps(element, CounterRandom.keep48(probability)));
        merged.tensors().forEach((tensor, found) -> assertAgrees(tensor, found, reference));
        assertEquals(model("base").tensors().keySet(), merged.tensors().keySet());
    }

    /** Some are negative, zero, or cancel another. */
    private static String[] weights(String method, Random random, int round, int expert) {
        if (WITHOUT_WEIGHTS.contains(method.split(";")[0])) {
            return new String[0];
        }
        boolean average = method.equals("linear; normalize: true"); // refuses weights that cancel
        double weight = switch (average && expert == 1 ? -1 : average ? 3 : round % 4) {
            case -1 -> -0.25;
            case 0 -> expert == 0 ? 0 : 0.5;
            case 1 -> expert % 2 == 0 ? 1 : -1;
            default -> average ? 1 + expert : 0.25 * (random.nextInt(9) - 3);
        };
        return new String[] {String.format(Locale.ROOT, "weight: %.2f", weight)};
    }

    private static void assertAgrees(String tensor, Tensor found, Reference reference) {
        if (found.elements() == 0) {
            return;
        }
        Truth truth = reference.merge(tensor);
        for (int i = 0; i < found.elements(); i++) {
            double expected = truth.values()[i];
            double allowed = Math.max(Closeness.f32Noise(truth, i), 1e-6 * Math.abs(expected));
            boolean same = Double.isNaN(expected) ? Double.isNaN(found.at(i)) : truth.error(i, found.at(i)) <= allowed;
            if (!same) {
                fail("%s%s[%d]: found %s, expected %s within %s"
                        .formatted(tensor, found.shape(), i, found.at(i), expected, allowed));
            }
        }
    }

    /** A third of the deltas are zero, the others a few multiples of 1/1024. */
    private void write(String name, Random random, int spread, boolean nan) throws IOException {
        Map<String, Tensor> tensors = new TreeMap<>();
        for (int t = 0; t < SHAPES.size(); t++) {
            String tensor = "t" + t;
            Tensor base = spread == 0 ? null : model("base").tensor(tensor);
            tensors.put(tensor, Tensor.of(Format.F32, SHAPES.get(t), i -> {
                if (base == null) {
                    return random.nextInt(-64, 65) / 64.0;
                }
                boolean changed = random.nextInt(3) > 0;
                double delta = changed ? random.nextInt(-12, 13) / 1024.0 : 0;
                return nan && random.nextInt(200) == 0 ? Double.NaN : base.at(i) + delta;
            }));
        }
        Model model = new Model(tensors);
        models.put(name, model);
        model.write(folder.resolve(name), 1);
    }

    private Model model(String path) {
        return Objects.requireNonNull(models.get(Path.of(path).getFileName().toString()), path);
    }
}
