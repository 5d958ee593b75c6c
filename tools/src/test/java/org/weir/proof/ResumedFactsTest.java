package org.weir.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.weir.engine.Merge;
import org.weir.engine.MergeProgress;
import org.weir.engine.MergeReport;
import org.weir.engine.MergeStoppedException;
import org.weir.engine.Steps;
import org.weir.engine.TensorFacts;
import org.weir.engine.UnusableValueException;
import org.weir.plan.MergeConfig;
import org.weir.plan.MergeOptions;
import org.weir.plan.MergePlan;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What a merge says of itself does not depend on whether it was interrupted: nothing that an earlier run saw is lost. */
class ResumedFactsTest {
    /** The first chunk of a journal says whose it is. */
    private static final int HEAD_BYTES = 1 << 16;

    private static final int BLOCKS = 2 * 262_144 + 5000;

    @TempDir
    private Path folder;

    private final List<Steps> opened = new ArrayList<>();

    @AfterEach
    void closeSteps() throws IOException {
        for (Steps steps : opened) {
            steps.close();
        }
    }

    @BeforeEach
    void writeModels() throws IOException {
        write("base", Map.of());
        write("one", Map.of(9, Float.NaN, 300_000, Float.NaN, 300_001, Float.NEGATIVE_INFINITY, 400_000, 65_000f));
        write("two", Map.of(10, Float.POSITIVE_INFINITY, 523_000, Float.NaN, 400_000, 65_000f));
    }

    private void write(String name, Map<Integer, Float> planted) throws IOException {
        Random random = new Random(name.hashCode());
        ByteBuffer large = ByteBuffer.allocate(Float.BYTES * BLOCKS).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < BLOCKS; i++) {
            large.putFloat(random.nextInt(-1000, 1000) / 8192f);
        }
        planted.forEach((place, value) -> large.putFloat(Float.BYTES * place, value));
        Tensor rows = Tensor.of(Format.F32, List.of(40, 300), _ -> random.nextInt(-100, 100) / 64.0);
        new Model(Map.of("large", new Tensor(Format.F32, List.of(BLOCKS), large.rewind()), "rows", rows))
                .write(folder.resolve(name), 1);
    }

    private Path config(String method, String parameters, String dtype) throws IOException {
        Config config = Config.of(method).outDtype(dtype).with(parameters);
        config.model(folder.resolve("one"), "weight: 0.5").model(folder.resolve("two"), "weight: 0.75");
        if (!method.equals("linear")) {
            config.base(folder.resolve("base"));
        }
        return Files.writeString(folder.resolve("config.yml"), config.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "linear, normalize: false, float16",
        "task_arithmetic, lambda: 0.9, bfloat16",
        "ties, density: 0.3, float16",
        "dare_ties, density: 0.3, bfloat16",
        "della, density: 0.6, bfloat16"
    })
    void factsOfAResumedMergeAreThoseOfAnUninterruptedOne(String method, String parameter, String dtype)
            throws Exception {
        Path config = config(method, parameter, dtype);
        List<TensorFacts> expected = merged(config, folder.resolve("whole"));
        assertEquals(
                List.of(2L, 1L),
                expected.getFirst().nonFinite().stream()
                        .map(TensorFacts.NonFinite::nans)
                        .toList());
        assertEquals(method.equals("linear"), expected.getFirst().overflow().isPresent());
        Path out = folder.resolve("out");
        int resumed = 0;
        for (double share : new double[] {0, 0.3, 0.6, 0.9, 1}) {
            resumed += interrupted(config, out) ? 1 : 0;
            cut(folder.resolve("out.staging.journal"), share);
        }
        assertEquals(4, resumed);
        assertEquals(expected, merged(config, out));
        assertEquals(factsIn(folder.resolve("whole")), factsIn(out));
        assertFalse(wasResumed(folder.resolve("whole")));
        assertTrue(wasResumed(out));
    }

    @Test
    void factsOfWhatIsSolvedForAreNotLostEither() throws Exception {
        for (String name : List.of("one", "two")) {
            double odd = name.equals("one") ? Double.NaN : Double.POSITIVE_INFINITY;
            Tensor gram = Tensor.of(Format.F32, List.of(300, 300), i -> i % 301 == 0 ? 1 : i == 77 ? odd : 0);
            new Model(Map.of("rows", gram)).write(folder.resolve("gram-" + name), 1);
        }
        Path config = Files.writeString(folder.resolve("config.yml"), """
                merge_method: regmean
                models:
                  - {model: %1$s/one, statistics: %1$s/gram-one}
                  - {model: %1$s/two, statistics: %1$s/gram-two}
                """.formatted(folder));
        List<TensorFacts> expected = merged(config, folder.resolve("whole"));
        TensorFacts rows = expected.getLast();
        assertEquals("rows", rows.tensor());
        assertEquals(12_000, rows.elements());
        assertEquals(
                List.of(
                        new TensorFacts.NonFinite(folder + "/gram-one/model.safetensors", 1, 0, 77),
                        new TensorFacts.NonFinite(folder + "/gram-two/model.safetensors", 0, 1, 77)),
                rows.nonFinite());
        Path out = folder.resolve("out");
        interrupted(config, out);
        for (double share : new double[] {0.05, 0.3, 0.6, 1}) {
            cut(folder.resolve("out.staging.journal"), share);
            assertTrue(interrupted(config, out));
        }
        assertEquals(expected, merged(config, out));
    }

    /** Another step that is fused hides the second model's, so that it is in no tensor that is merged. */
    @Test
    void factsOfFusedStepsAreNotLostEither() throws Exception {
        Path config = Files.writeString(folder.resolve("config.yml"), """
                name: thin
                merge_method: dare_linear
                base_model: %1$s/base
                models: [{model: %1$s/two}]
                parameters: {weight: 1, density: 0.000001}
                ---
                name: mixed
                merge_method: linear
                models: [{model: %1$s/one}, {model: thin}]
                parameters: {weight: 1}
                ---
                merge_method: linear
                models: [{model: %1$s/base}, {model: mixed}]
                parameters: {weight: 1}
                """.formatted(folder));
        List<TensorFacts> expected = merged(config, folder.resolve("whole"));
        assertEquals(
                List.of(
                        new TensorFacts.NonFinite("the step mixed", 2, 1, 9),
                        new TensorFacts.NonFinite(folder + "/one/model.safetensors", 2, 1, 9),
                        new TensorFacts.NonFinite(folder + "/two/model.safetensors", 1, 1, 10)),
                expected.getFirst().nonFinite());
        Path out = folder.resolve("out");
        interrupted(config, out);
        for (double share : new double[] {0.3, 0.6, 1}) {
            cut(folder.resolve("out.staging.journal"), share);
            assertTrue(interrupted(config, out));
        }
        assertEquals(expected, merged(config, out));
    }

    @Test
    void anotherTileSizeGoesOnWithTheSameFacts() throws Exception {
        Path config = config("ties", "density: 0.3", "bfloat16");
        List<TensorFacts> expected = merged(config, folder.resolve("whole"));
        Path out = folder.resolve("out");
        interrupted(config, out);
        cut(folder.resolve("out.staging.journal"), 0.5);
        try (MergePlan plan = plan(config, 10_000, "warn", 0);
                Merge merge = Merge.begin(plan, out, new MergeProgress(), true)) {
            assertTrue(merge.recovery().isPresent());
            assertEquals(expected, merge.run().facts());
        }
    }

    @ParameterizedTest
    @CsvSource({"task_arithmetic, lambda: 0.9, fail", "ties, density: 0.3, ''"})
    void whatEndsAMergeEndsItAtTheSamePlaceAfterAResume(String method, String parameter, String policy)
            throws Exception {
        write("one", Map.of(BLOCKS - 3, Float.NaN));
        write("two", Map.of());
        Path config = config(method, parameter, "float32");
        String message = message(config, folder.resolve("whole"), policy);
        assertTrue(message.contains("tensor large: NaN at element " + (BLOCKS - 3)), message);
        Path out = folder.resolve("out");
        MergeProgress progress = new MergeProgress();
        try (MergePlan plan = plan(config, 2048, policy, 400_000);
                Merge merge = Merge.begin(plan, out, progress, true)) {
            Thread stop = Thread.ofVirtual().start(() -> {
                while (merge.whatIsLeft().startsWith("; nothing")) {
                    Thread.onSpinWait();
                }
                merge.stop();
            });
            assertThrows(MergeStoppedException.class, merge::run);
            stop.join();
        }
        try (MergePlan plan = plan(config, 2048, policy, 0);
                Merge merge = Merge.begin(plan, out, new MergeProgress(), true)) {
            assertTrue(merge.recovery().orElseThrow().claimedBytes() > 0);
            assertEquals(
                    message,
                    assertThrows(UnusableValueException.class, merge::run).getMessage());
        }
        assertFalse(Files.exists(folder.resolve("out.staging")));
    }

    private String message(Path config, Path out, String policy) throws Exception {
        try (MergePlan plan = plan(config, 2048, policy, 0);
                Merge merge = Merge.begin(plan, out, new MergeProgress(), true)) {
            return String.valueOf(
                    assertThrows(UnusableValueException.class, merge::run).getMessage());
        }
    }

    /** Everything but the name, which something else has. */
    private boolean interrupted(Path config, Path out) throws Exception {
        try (MergePlan plan = plan(config, 40_000, "warn", 0);
                Merge merge = Merge.begin(plan, out, new MergeProgress(), true)) {
            Path obstacle = Files.createDirectories(out.resolve("in the way"));
            assertThrows(IOException.class, merge::run);
            Files.delete(obstacle);
            Files.delete(out);
            return merge.recovery().isPresent();
        }
    }

    /** As if it had been killed when that share of the journal was written. */
    private static void cut(Path journal, double share) throws IOException {
        byte[] bytes = Files.readAllBytes(journal);
        int end = bytes.length;
        while (bytes[end - 1] == 0) {
            end--;
        }
        try (RandomAccessFile file = new RandomAccessFile(journal.toFile(), "rw")) {
            file.setLength(HEAD_BYTES + Math.round(share * (end - HEAD_BYTES)));
        }
    }

    private List<TensorFacts> merged(Path config, Path out) throws Exception {
        try (MergePlan plan = plan(config, 40_000, "warn", 0);
                Merge merge = Merge.begin(plan, out, new MergeProgress(), true)) {
            MergeReport report = merge.run();
            assertFalse(Files.exists(folder.resolve(out.getFileName() + ".staging")));
            return report.facts();
        }
    }

    private MergePlan plan(Path config, int tileElements, String nonFinite, long writeLimit) throws Exception {
        ObjectNode json = JsonMapper.shared().valueToTree(MergeOptions.defaults());
        json.put("tileElements", tileElements);
        if (!nonFinite.isEmpty()) {
            ((ObjectNode) json.get("exactness")).put("nonFinite", nonFinite);
        }
        if (writeLimit > 0) {
            ((ObjectNode) json.get("sidecar")).put("writeLimit", writeLimit);
        }
        MergeOptions options = JsonMapper.shared().treeToValue(json, MergeOptions.class);
        Steps steps = new Steps(MergeConfig.readAll(config), folder, options);
        opened.add(steps);
        steps.planAll(false, Optional.empty(), (_, _) -> {});
        return steps.plan(steps.last(), Map.of(), Optional.empty());
    }

    private static List<JsonNode> factsIn(Path out) throws IOException {
        List<JsonNode> facts = new ArrayList<>();
        JsonMapper.shared()
                .readTree(out.resolve("merge-manifest.json"))
                .get("tensors")
                .forEach(tensor -> facts.add(tensor.get("facts")));
        return facts;
    }

    /** Times and bytes read are the last run's, and said to be. */
    private static boolean wasResumed(Path out) throws IOException {
        JsonNode manifest = JsonMapper.shared().readTree(out.resolve("merge-manifest.json"));
        assertFalse(manifest.has("seconds") || manifest.has("readBytes") || manifest.has("stages"));
        JsonNode lastRun = manifest.get("lastRun");
        assertTrue(lastRun.get("seconds").asDouble() > 0 && lastRun.has("readBytes") && lastRun.has("stages"));
        return lastRun.get("resumed").asBoolean();
    }
}
