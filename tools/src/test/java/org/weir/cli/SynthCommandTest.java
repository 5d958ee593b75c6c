package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SynthCommandTest {
    @TempDir
    private Path temp;

    @ParameterizedTest
    @ValueSource(strings = {"bf16", "f16", "f32"})
    void theSameOptionsGiveTheSameBytesForAnyThreads(String dtype) throws IOException {
        Path one = synth("one", "--dtype", dtype, "-j", 1, "--vocab", 40_000);
        Path four = synth("four", "--dtype", dtype, "-j", 4, "--vocab", 40_000);
        for (String model : new String[] {"base", "expert-1", "expert-2"}) {
            assertEquals(-1, Files.mismatch(weights(one, model), weights(four, model)), model);
        }
    }

    @Test
    void anotherSeedGivesOtherValues() throws IOException {
        Path zero = synth("zero");
        Path one = synth("one", "--seed", 1);
        assertTrue(Files.mismatch(weights(zero, "base"), weights(one, "base")) > 0);
    }

    @Test
    void theBaseLooksLikeAModelAndTheExpertsLikeFineTunesOfIt() throws IOException {
        Path out = synth("out", "--dtype", "f32", "--delta-scale", "0.001", "--zero-share", "0.25");
        Map<String, double[]> base = Weights.of(weights(out, "base"));
        Map<String, double[]> expert = Weights.of(weights(out, "expert-1"));
        double[] embedding = base.get("model.embed_tokens.weight");
        assertEquals(0.02, deviation(embedding, new double[embedding.length]), 0.001);
        assertEquals(0.001 * Math.sqrt(0.75), deviation(expert.get("model.embed_tokens.weight"), embedding), 0.0001);
        for (double norm : base.get("model.norm.weight")) {
            assertEquals(1, norm, 0.08);
        }
    }

    @Test
    void expertsDifferFromOneAnother() throws IOException {
        Path out = synth("out");
        assertTrue(Files.mismatch(weights(out, "expert-1"), weights(out, "expert-2")) > 0);
        assertTrue(Files.mismatch(weights(out, "base"), weights(out, "expert-2")) > 0);
    }

    @Test
    void withAZeroShareOfOneTheExpertsAreTheBase() throws IOException {
        Path out = synth("out", "--zero-share", 1);
        assertEquals(-1, Files.mismatch(weights(out, "base"), weights(out, "expert-1")));
    }

    @Test
    void writesAConfigThatAgreesWithTheTensors() throws IOException {
        Path out = synth("out", "--experts", 0, "--no-tied", "--dtype", "f16", "--vocab", 300);
        JsonNode config = JsonMapper.shared().readTree(Files.readString(out.resolve("base/config.json")));
        assertEquals("LlamaForCausalLM", config.get("architectures").get(0).asString());
        assertEquals(2, config.get("num_hidden_layers").asInt());
        assertEquals(300, config.get("vocab_size").asInt());
        assertEquals("float16", config.get("torch_dtype").asString());
        assertEquals(300 * 64, Weights.of(weights(out, "base")).get("lm_head.weight").length);
        assertTrue(Files.notExists(out.resolve("expert-1")));
    }

    @Test
    void cutsShardsWhereItIsTold() {
        Path out = synth("out", "--shard-size", "60k", "--experts", 0);
        assertEquals(ExitCode.DONE, Ran.weir("inspect", out.resolve("base")).code());
        assertTrue(Files.exists(out.resolve("base/model.safetensors.index.json")));
        assertTrue(Files.exists(out.resolve("base/model-00001-of-00004.safetensors")));
    }

    @Test
    void doesNotReplaceWhatIsThereUnlessToldTo() {
        Path out = synth("out");
        Ran again = Ran.weir("synth", out);
        assertEquals(ExitCode.USAGE, again.code());
        assertEquals(
                "weir: " + out.resolve("base") + ": exists; --overwrite replaces it",
                again.err().strip());
        assertEquals(ExitCode.DONE, Ran.weir("synth", out, "--overwrite").code());
    }

    @Test
    void sparseCheckpointsHaveTheirFullSizeAndTakeNoSpace() throws IOException {
        Path out = temp.resolve("out");
        Ran ran = Ran.weir("synth", out, "--preset", "64b", "--experts", 8, "--sparse");
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
        assertTrue(
                ran.out().contains("63,708,471,296 parameters") && ran.out().contains("1.15 TB of holes"), ran.out());
        long bytes = 0;
        try (Stream<Path> files = Files.list(out.resolve("expert-8"))) {
            for (Path file : files.filter(name -> name.toString().endsWith(".safetensors"))
                    .toList()) {
                bytes += Files.size(file);
            }
        }
        assertTrue(bytes > 127_416_942_592L && bytes < 127_417_200_000L, "" + bytes);
        Ran inspected = Ran.weir("inspect", out.resolve("base"));
        assertTrue(inspected.out().endsWith(": 651 tensors in 27 shards\n"), inspected.out());
    }

    @Test
    void sparseShardsAreLaidOutLikeFullOnes() throws IOException {
        Path full = synth("full", "--experts", 0, "--shard-size", "60k");
        Path sparse = synth("sparse", "--experts", 0, "--shard-size", "60k", "--sparse");
        try (Stream<Path> files = Files.list(full.resolve("base"))) {
            for (Path file : files.toList()) {
                Path twin = sparse.resolve("base").resolve(file.getFileName());
                assertTrue(Files.exists(twin), twin.toString());
                if (file.toString().endsWith(".safetensors")) {
                    assertEquals(Files.size(file), Files.size(twin), twin.toString());
                    assertArrayEquals(
                            Weights.of(file).keySet().toArray(),
                            Weights.of(twin).keySet().toArray());
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"tiny, 90432", "0.5b, 494005120", "8b, 8030261248", "64b, 63708471296"})
    void presetsHaveTheSizeThatTheirNamesPromise(String preset, long parameters) {
        assertEquals(parameters, LlamaShape.preset(preset).orElseThrow().parameters());
    }

    @Test
    void whatDoesNotFitIsSaidBeforeTheStart() {
        Ran ran = Ran.weir("synth", temp.resolve("out"), "--preset", "64b", "--experts", 90_000);
        assertEquals(ExitCode.RESOURCES, ran.code());
        assertTrue(ran.err().contains("not enough space: 11468 TB are needed"), ran.err());
        assertTrue(Files.notExists(temp.resolve("out")));
    }

    @Test
    void withJsonTheResultIsAnObject() {
        Ran ran = Ran.weir("synth", temp.resolve("out"), "--log-format", "json");
        JsonNode json = JsonMapper.shared().readTree(ran.out());
        assertEquals(90432, json.get("parameters").asLong());
        assertEquals("BF16", json.get("dtype").asString());
    }

    private Path synth(String name, Object... options) {
        Path out = temp.resolve(name);
        Ran ran = Ran.weir(
                Stream.concat(Stream.of("synth", out), Stream.of(options)).toArray());
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
        return out;
    }

    private static Path weights(Path out, String model) {
        return out.resolve(model).resolve("model.safetensors");
    }

    private static double deviation(double[] x, double[] from) {
        double squares = 0;
        for (int i = 0; i < x.length; i++) {
            squares += (x[i] - from[i]) * (x[i] - from[i]);
        }
        return Math.sqrt(squares / x.length);
    }
}
