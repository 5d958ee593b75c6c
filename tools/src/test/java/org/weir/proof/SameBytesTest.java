package org.weir.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Same config, same bytes: how the work is cut, and how the inputs lie in their files, shows nowhere. */
class SameBytesTest {
    private static final List<List<String>> CUTS = List.of(
            List.of("--tile-elements", "1024"),
            List.of("--tile-elements", "4096", "-j", "1"),
            List.of("--tile-elements", "1024", "-j", "2"),
            List.of("--tile-elements", "1024", "-j", "3"),
            List.of("--tile-elements", "2048", "-j", "4"),
            List.of("--tile-elements", "1024", "-j", "2", "--reader", "copied"),
            List.of("--tile-elements", "2049", "-j", "2", "--reader", "direct", "--page-cache", "drop"));

    private static final Set<String> UNWEIGHTED = Set.of(
            "sce",
            "ram",
            "ramplus_tl",
            "magmax",
            "consensus",
            "karcher",
            "model_stock",
            "nearswap",
            "arcee_fusion",
            "slerp");

    /** How many models they take, where not any number. */
    private static final Map<String, Integer> MODELS =
            Map.of("nearswap", 1, "arcee_fusion", 1, "slerp", 1, "nuslerp", 2);

    private final Family strong = Family.named("strong");
    private final Family weak = Family.named("weak");

    @TempDir
    private Path folder;

    /** Every method, and every parameter that makes a sweep over the inputs of its own. */
    static Stream<List<String>> merges() {
        return Stream.of(
                List.of("linear"),
                List.of("task_arithmetic", "lambda: 0.3"),
                List.of("ties", "density: 0.2"),
                List.of("ties", "density: 0.2", "rescale: true"),
                List.of("ties", "density: 0.2", "keep_ties: true"),
                List.of("ties", "density: 0.2", "trim_scope: model"),
                List.of("dare_linear", "density: 0.3"),
                List.of("dare_linear", "density: 0.3", "rescale: l1"),
                List.of("dare_ties", "density: 0.3", "normalize: true"),
                List.of("breadcrumbs", "density: 0.5", "gamma: 0.05"),
                List.of("breadcrumbs_ties", "density: 0.3", "gamma: 0.01", "rescale: true"),
                List.of("della", "density: 0.5"),
                List.of("della_linear", "density: 0.3", "rescale: false"),
                List.of("nearswap", "t: 0.01"),
                List.of("arcee_fusion"),
                List.of("sce"),
                List.of("sce", "select_topk: 0.2"),
                List.of("ram", "epsilon: 0.05"),
                List.of("ramplus_tl", "epsilon: 0.05"),
                List.of("magmax", "lambda: 0.5"),
                List.of("consensus", "min_masks: 3"),
                List.of("slerp", "t: 0.3"),
                List.of("nuslerp"),
                List.of("nuslerp", "nuslerp_row_wise: true", "nuslerp_flatten: false"),
                List.of("fisher", "floor: 1.0e-6"),
                List.of("fisher", "normalize: model", "epsilon: 1.0e-3"),
                List.of("multislerp"),
                List.of("karcher"),
                List.of("model_stock"),
                List.of("model_stock", "filter_wise: true"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("merges")
    void tilesAndThreadsDoNotShow(List<String> merge) throws IOException {
        for (Family family : List.of(strong, weak)) {
            String config = config(merge, family.basePath(), family.expertPaths());
            Model expected = Weir.merge(folder, config, "--random-seed", "7");
            for (List<String> cut : CUTS) {
                List<String> options = Stream.concat(Stream.of("--random-seed", "7"), cut.stream())
                        .toList();
                assertEquals(expected, Weir.merge(folder, config, options.toArray(String[]::new)), cut::toString);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("merges")
    void shardsOfTheInputsDoNotShow(List<String> merge) throws IOException {
        String whole = config(merge, strong.basePath(), strong.expertPaths());
        Path dealt = folder.resolve("dealt");
        strong.base().write(dealt.resolve("base"), 4);
        for (int k = 0; k < strong.experts().size(); k++) {
            strong.experts().get(k).write(dealt.resolve("expert-" + (k + 1)), 1 + k % 4);
        }
        List<Path> experts = strong.expertPaths().stream()
                .map(path -> dealt.resolve(path.getFileName()))
                .toList();
        String cut = config(merge, dealt.resolve("base"), experts);
        assertEquals(Weir.merge(folder, whole, "--random-seed", "7"), Weir.merge(folder, cut, "--random-seed", "7"));
    }

    @Test
    void seedOfDareDecidesAndRepeats() throws IOException {
        String config = config(List.of("dare_linear", "density: 0.3"), strong.basePath(), strong.expertPaths());
        Model seven = Weir.merge(folder, config, "--random-seed", "7");
        assertEquals(seven, Weir.merge(folder, config, "--random-seed", "7"));
        assertNotEquals(seven, Weir.merge(folder, config, "--random-seed", "8"));
        assertNotEquals(seven, Weir.merge(folder, config, "--random-seed", "-7"));
    }

    private static String config(List<String> merge, Path base, List<Path> experts) {
        boolean weighted = !UNWEIGHTED.contains(merge.getFirst());
        List<Path> some = experts.subList(0, MODELS.getOrDefault(merge.getFirst(), experts.size()));
        Config config = Config.of(merge.getFirst());
        for (int k = 0; k < some.size(); k++) {
            config.model(some.get(k), weighted ? new String[] {"weight: " + (k + 1) / 4.0} : new String[0]);
            if (merge.getFirst().equals("fisher")) {
                config.statistics(some.get((k + 1) % some.size())); // any numbers will do
            }
        }
        return (merge.getFirst().equals("linear") ? config : config.base(base))
                .with(merge.subList(1, merge.size()).toArray(String[]::new))
                .toString();
    }
}
