package org.weir.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Configs that nobody thought of: numbers, gradients and filters in all places at once, against double precision. The weights
 * are positive, since a sum of weights near zero would magnify rounding beyond any bound.
 */
class RandomConfigsTest {
    private static final List<String> METHODS = List.of("linear", "task_arithmetic", "ties");
    private static final List<String> FILTERS =
            List.of("mlp", "self_attn", "layers.1", "norm", "embed", "up_proj.weight", "*", "nowhere");
    private static final Map<String, Format> FAMILIES =
            Map.of("micro-f32", Format.F32, "micro", Format.BF16, "micro-f16", Format.F16);

    @TempDir
    private Path folder;

    static IntStream seeds() {
        return IntStream.range(0, 100);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void giveWhatTheFormulasSay(int seed) throws IOException {
        Random random = new Random(seed);
        String family = FAMILIES.keySet().stream().sorted().toList().get(random.nextInt(3));
        boolean widened = random.nextInt(3) == 0;
        String config = config(random, family, widened);
        Model merged = Weir.merge(folder, config);
        Reference reference = new Reference(CaseConfig.parse(config), Goldens::model);
        merged.tensors().forEach((name, tensor) -> {
            assertEquals(widened ? Format.F32 : FAMILIES.get(family), tensor.format());
            if (tensor.format() == Format.F32) {
                Closeness.assertSame(name, tensor, reference.merge(name));
            } else {
                Closeness.assertRoundedOnce(name, tensor, reference.merge(name));
            }
        });
    }

    private static String config(Random random, String family, boolean widened) {
        Path models = Goldens.path("models").resolve(family);
        String method = METHODS.get(random.nextInt(METHODS.size()));
        Config config = Config.of(method);
        if (!method.equals("linear") || random.nextBoolean()) {
            config.base(models.resolve("base"));
        }
        if (widened) {
            config.dtype("float32");
        }
        int experts = 1 + random.nextInt(3);
        for (int k = 1; k <= experts; k++) {
            List<String> own = new ArrayList<>();
            if (random.nextInt(4) > 0) {
                own.add("weight: " + setting(random, 2));
            }
            if (method.equals("ties") && random.nextBoolean()) {
                own.add("density: " + setting(random, 1.2));
            }
            config.model(models.resolve("e" + k), own.toArray(String[]::new));
        }
        config.with("weight: " + setting(random, 2));
        if (method.equals("ties")) {
            config.with("density: " + setting(random, 1.2), "rescale: " + random.nextBoolean());
        }
        if (!method.equals("linear")) {
            config.with("lambda: " + setting(random, 1.5));
        }
        return config.with("normalize: " + random.nextBoolean()).toString();
    }

    /** A number, a gradient, or rules of which the last fits all tensors. */
    private static String setting(Random random, double largest) {
        return switch (random.nextInt(4)) {
            case 0 ->
                "[{filter: '" + FILTERS.get(random.nextInt(FILTERS.size())) + "', value: " + value(random, largest)
                        + "}, {value: " + value(random, largest) + "}]";
            case 1 ->
                "[" + value(random, largest) + ", " + value(random, largest) + ", " + value(random, largest) + "]";
            default -> value(random, largest);
        };
    }

    private static String value(Random random, double largest) {
        return String.format(Locale.ROOT, "%.3f", 0.05 + random.nextDouble() * largest);
    }
}
