package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.weir.method.MergeMethods;
import org.weir.method.MethodInfo.Statistics;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MergeCommandTest {
    @TempDir
    private static Path models;

    @TempDir
    private Path temp;

    @BeforeAll
    static void makeModels() {
        assertEquals(0, Ran.weir("synth", models, "--delta-scale", "0.003").code());
    }

    /** All that take two models with weights, and nothing beside them. */
    static Stream<String> methods() {
        return MergeMethods.all().stream()
                .filter(method -> method.info().param("weight").isPresent())
                .filter(method -> method.info().statistics() == Statistics.NONE)
                .map(method -> method.info().name());
    }

    @ParameterizedTest
    @MethodSource("methods")
    void everyMethodMergesAndThreadsDoNotShow(String method) throws IOException {
        Path config = config(method, "density: 0.3", "");
        Ran one = Ran.weir("merge", config, temp.resolve("one"), "-j", 1, "--tile-elements", 1000);
        Ran two = Ran.weir("merge", config, temp.resolve("two"), "-j", 2, "--random-seed", 0);
        assertEquals(ExitCode.DONE, one.code(), one.err());
        assertEquals(ExitCode.DONE, two.code(), two.err());
        assertEquals(-1, Files.mismatch(weights(temp.resolve("one")), weights(temp.resolve("two"))));
        assertNotEquals(-1, Files.mismatch(weights(temp.resolve("one")), weights(models.resolve("base"))));
        assertEquals(ExitCode.DONE, Ran.weir("inspect", temp.resolve("one")).code());
    }

    @Test
    void linearIsTheWeightedMeanInDoublePrecisionRoundedOnce() throws IOException {
        Path config = write("""
                merge_method: linear
                models:
                  - {model: %1$s/expert-1, parameters: {weight: 0.5}}
                  - {model: %1$s/expert-2, parameters: {weight: 0.25}}
                """.formatted(models));
        Ran ran = Ran.weir("merge", config, temp.resolve("out"));
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
        Map<String, double[]> first = Weights.of(weights(models.resolve("expert-1")));
        Map<String, double[]> second = Weights.of(weights(models.resolve("expert-2")));
        Map<String, double[]> merged = Weights.of(weights(temp.resolve("out")));
        assertEquals(first.keySet(), merged.keySet());
        merged.forEach((name, values) -> {
            for (int i = 0; i < values.length; i++) {
                double mean = (0.5 * first.get(name)[i] + 0.25 * second.get(name)[i]) / 0.75;
                assertEquals(mean, values[i], halfBf16Step(mean), name);
            }
        });
    }

    @Test
    void taskArithmeticIsTheBasePlusTheWeightedDeltas() throws IOException {
        Ran ran = Ran.weir("merge", config("task_arithmetic", "", "lambda: 0.8"), temp.resolve("out"));
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
        Map<String, double[]> base = Weights.of(weights(models.resolve("base")));
        Map<String, double[]> first = Weights.of(weights(models.resolve("expert-1")));
        Map<String, double[]> second = Weights.of(weights(models.resolve("expert-2")));
        Weights.of(weights(temp.resolve("out"))).forEach((name, values) -> {
            for (int i = 0; i < values.length; i++) {
                double origin = base.get(name)[i];
                double delta = 0.5 * (first.get(name)[i] - origin) + 0.25 * (second.get(name)[i] - origin);
                assertEquals(origin + 0.8 * delta, values[i], halfBf16Step(origin + 0.8 * delta), name);
            }
        });
    }

    @Test
    void saysWhereTheResultIsAndWhatWasDone() throws IOException {
        Path out = temp.resolve("out");
        Ran ran = Ran.weir("merge", config("ties", "", ""), out, "-j", 2);
        List<String> lines = ran.outLines();
        assertTrue(lines.getFirst().startsWith(out + ": ties of 2 experts with base " + models), ran.out());
        assertEquals("  20 tensors: 20 merged by ties", lines.get(1));
        assertTrue(lines.get(2).matches("  read 543 kB at .*/s, wrote 181 kB in 1 shard"), ran.out());
        assertTrue(lines.get(3).startsWith("  2 threads, "), ran.out());
    }

    @Test
    void verboseShowsThePlanBeforeTheMerge() throws IOException {
        Ran ran = Ran.weir("merge", "-v", config("linear", "", ""), temp.resolve("out"));
        assertEquals(ExitCode.DONE, ran.code());
        assertTrue(ran.err().contains("weir: seed: 0"), ran.err());
    }

    @Test
    void withJsonEveryLineIsAnObject() throws IOException {
        Ran ran = Ran.weir("merge", config("linear", "", ""), temp.resolve("out"), "--cuda", "--log-format", "json");
        JsonNode result = JsonMapper.shared().readTree(ran.out());
        assertEquals("merged", result.get("event").asString());
        assertEquals(20, result.get("tensors").get("merged by linear").asInt());
        ran.errLines()
                .forEach(line -> assertTrue(JsonMapper.shared().readTree(line).has("event"), line));
    }

    @Test
    void theFilesBesideTheWeightsFollowTheOptions() throws IOException {
        Path config = config("linear", "", "");
        Ran.weir("merge", config, temp.resolve("with"), "--copy-tokenizer", "--write-model-card");
        Ran.weir("merge", config, temp.resolve("without"), "--no-write-model-card");
        assertTrue(Files.exists(temp.resolve("with/README.md")));
        assertTrue(Files.exists(temp.resolve("with/config.json")));
        assertTrue(Files.notExists(temp.resolve("without/README.md")));
        assertTrue(Files.exists(temp.resolve("without/config.json")));
    }

    @Test
    void theModelCardTellsTheBaseFromTheExperts() throws IOException {
        Ran.weir("merge", config("ties", "", ""), temp.resolve("out"));
        String card = Files.readString(temp.resolve("out/README.md"));
        String base = models + "/base";
        String experts = "Models, in order:\n\n* `%1$s/expert-1`\n* `%1$s/expert-2`\n\n".formatted(models);
        assertTrue(card.contains("Base: `" + base + "`\n\n" + experts), card);
        assertTrue(card.contains("base_model:\n- \"" + base + "\"\n- \""), card);
    }

    @Test
    void aBaseThatIsSummedIsAModelInItsPlace() throws IOException {
        Path config = write("""
                merge_method: linear
                base_model: %1$s/base
                models: [{model: %1$s/expert-1}, {model: %1$s/base}]
                parameters: {weight: 1}
                """.formatted(models));
        Ran.weir("merge", config, temp.resolve("out"));
        String card = Files.readString(temp.resolve("out/README.md"));
        assertTrue(card.contains("Models, in order:\n\n* `%1$s/expert-1`\n* `%1$s/base`\n\n".formatted(models)), card);
    }

    @Test
    void aConfigFromAPipeIsKeptToTheByte() throws Exception {
        String text = Files.readString(config("linear", "", "")) + "# ende: \u00e4";
        Path pipe = temp.resolve("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        Thread.ofVirtual().start(() -> {
            try {
                Files.writeString(pipe, text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        Ran ran = Ran.weir("merge", pipe, temp.resolve("out"));
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
        assertEquals(text, Files.readString(temp.resolve("out/mergekit_config.yml")));
    }

    @Test
    void moreWorkersThanTheHeapHasTablesForAreRefused() throws IOException {
        long most = Runtime.getRuntime().maxMemory() >> 23; // 8 MiB each
        Ran ran = Ran.weir("plan", config("ties", "density: 0.5", ""), "-j", 1000, "--memory", "1T");
        assertTrue(most < 1000, "a heap of " + most + " tables");
        assertEquals(ExitCode.RESOURCES, ran.code());
        assertTrue(ran.err().startsWith("weir: memory: 1000 workers "), ran.err());
        assertEquals(1, ran.errLines().size(), ran.err());
    }

    @Test
    void anOutputThatIsThereIsReplacedOnlyOnRequest() throws IOException {
        Path config = config("linear", "", "");
        assertEquals(
                ExitCode.DONE, Ran.weir("merge", config, temp.resolve("out")).code());
        assertEquals(
                ExitCode.USAGE, Ran.weir("merge", config, temp.resolve("out")).code());
        assertEquals(
                ExitCode.DONE,
                Ran.weir("merge", config, temp.resolve("out"), "--overwrite").code());
    }

    @Test
    void neverWritesIntoAnInput() throws IOException {
        Path config = config("linear", "", "");
        Ran ran = Ran.weir("merge", config, models.resolve("expert-1"), "--overwrite");
        assertEquals(ExitCode.USAGE, ran.code());
        assertTrue(ran.err().contains("expert-1"), ran.err());
    }

    @Test
    void aConfigProblemNamesItsLine() throws IOException {
        Path config = write("""
                merge_method: tis
                models:
                  - model: a
                """);
        Ran ran = Ran.weir("merge", config, temp.resolve("out"));
        assertEquals(ExitCode.USAGE, ran.code());
        assertEquals(
                List.of("weir: " + config + ":1: unknown merge_method 'tis'; did you mean 'ties'?"), ran.errLines());
    }

    @Test
    void everyInputThatIsMissingOrBrokenIsALine() throws IOException {
        Path broken = Files.createDirectories(temp.resolve("broken"));
        Files.writeString(broken.resolve("model.safetensors"), "short");
        Path config = write("""
                merge_method: linear
                models:
                  - {model: %1$s/nowhere, parameters: {weight: 1}}
                  - {model: %1$s/broken, parameters: {weight: 1}}
                """.formatted(temp));
        Ran ran = Ran.weir("merge", config, temp.resolve("out"));
        assertEquals(ExitCode.INPUT, ran.code());
        assertEquals(2, ran.errLines().size(), ran.err());
        assertTrue(Files.notExists(temp.resolve("out")));
    }

    @Test
    void tooLittleMemoryIsSaidBeforeTheStart() throws IOException {
        Ran ran = Ran.weir("merge", config("ties", "", ""), temp.resolve("out"), "--memory", "1M");
        assertEquals(ExitCode.RESOURCES, ran.code());
        assertEquals(1, ran.errLines().size(), ran.err());
        assertTrue(Files.notExists(temp.resolve("out")));
    }

    @Test
    void planSaysTheSameAndWritesNothing() throws IOException {
        Path config = config("ties", "density: 0.5", "");
        Ran ran = Ran.weir("plan", config, temp.resolve("out"), "-j", 2, "--random-seed", 7);
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
        for (String part :
                List.of("ties: ", "base ", "expert ", "20  merged by ties", "read: merge", "in all", "seed: 7")) {
            assertTrue(ran.out().contains(part), part + "\n" + ran.out());
        }
        assertTrue(ran.out().contains("free disk at " + temp.resolve("out")), ran.out());
        assertTrue(Files.notExists(temp.resolve("out")));
        JsonNode json = JsonMapper.shared()
                .readTree(Ran.weir("plan", config, "--log-format=json").out());
        assertEquals(180864, json.get("writeBytes").asLong(), 5000);
        assertEquals(3, json.get("inputs").size());
        assertEquals(
                ExitCode.RESOURCES, Ran.weir("plan", config, "--memory", "1M").code());
    }

    @ParameterizedTest
    @CsvSource({
        "task_arithmetic, 85.0",
        "consensus, 85.0",
        "ties, 101",
        "dare_linear, 101",
        "della_linear, 101",
        "sce, 101"
    })
    void planCountsTheMemoryThatLargeLoopsTakeToCompile(String method, String megabytes) throws IOException {
        Ran ran = Ran.weir("plan", config(method, "density: 0.5", ""));
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
        assertTrue(
                ran.out().lines().anyMatch(line -> line.matches("Java virtual machine +" + megabytes + " MB")),
                ran.out());
    }

    private Path config(String method, String expertParameters, String globals) throws IOException {
        boolean sparsifies =
                MergeMethods.named(method).orElseThrow().info().param("density").isPresent();
        String extra = sparsifies && !expertParameters.isEmpty() ? ", " + expertParameters : "";
        return write("""
                merge_method: %2$s
                base_model: %1$s/base
                models:
                  - {model: %1$s/expert-1, parameters: {weight: 0.5%3$s}}
                  - {model: %1$s/expert-2, parameters: {weight: 0.25%3$s}}
                parameters: {%4$s}
                """.formatted(models, method, extra, method.equals("linear") ? "weight: 1" : globals));
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(temp.resolve("config.yml"), yaml);
    }

    private static Path weights(Path folder) {
        return folder.resolve("model.safetensors");
    }

    /** Half the distance of bf16 numbers around x, and a little for the f32 arithmetic before the rounding. */
    private static double halfBf16Step(double x) {
        return Math.ulp((float) x) * 0x1p15 * 1.001;
    }
}
