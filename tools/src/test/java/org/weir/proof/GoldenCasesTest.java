package org.weir.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The golden cases through the command line: what mergekit 0.1.4 made of a config, and what Weir makes of it. */
class GoldenCasesTest {
    /** The configs that Weir refuses, with the exit code and what the message must name. */
    private static final Map<String, Refusal> REFUSED = Map.ofEntries(
            refusal("err_no_weight", 2, "weight", "config.yml:3", "config.yml:6"),
            refusal("err_ta_no_base", 2, "base_model", "task_arithmetic"),
            refusal("err_ties_density0", 2, "density", "0.0", "config.yml:6", "config.yml:10"),
            refusal("err_slerp_3", 2, "slerp", "3"),
            refusal("err_model_stock_2", 2, "model_stock", "two"),
            refusal("err_della_eps", 2, "density 0.9", "epsilon 0.15", "below 0.1"),
            refusal("err_unknown_dtype", 2, "float64", "float32", "bfloat16", "config.yml:9"),
            refusal("err_unknown_method", 2, "foo", "linear", "task_arithmetic", "ties", "dare_linear", "dare_ties"),
            // mergekit ignores a key that it does not know.
            refusal("ok_unknown_key_ignored", 2, "frobnicate", "config.yml:9"),
            // The form is read, but mlp is no part of an embedding's name, and weight has no default.
            refusal("err_single_conditional", 2, "weight", "model.embed_tokens.weight"),
            refusal("err_layers_mismatch_linear", 3, "model.layers.2.mlp.up_proj.weight", "models/micro/e2"));

    @TempDir
    private Path folder;

    private record Refusal(int exitCode, List<String> words) {}

    private static Map.Entry<String, Refusal> refusal(String name, int exitCode, String... words) {
        return Map.entry(name, new Refusal(exitCode, List.of(words)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("org.weir.proof.Goldens#f32Cases")
    void agreesWithMergekitWhereThatComputesInF32(String name) throws IOException {
        Model merged = merge(name);
        Reference reference = new Reference(Goldens.config(name), Goldens::model);
        Goldens.expected(name).tensors().forEach((tensor, expected) -> {
            Truth truth = reference.merge(tensor);
            Tensor found = merged.tensor(tensor);
            Closeness.assertSame(tensor, found, truth);
            if (Goldens.losesItsDelta(name, expected)) {
                Tensor base = Goldens.model(
                                Goldens.config(name).text("base_model").orElseThrow())
                        .tensor(tensor);
                assertEquals(base, expected, "what mergekit makes of " + tensor);
            } else {
                Closeness.assertSame(tensor, found, truth.withValues(expected));
            }
        });
    }

    /**
     * mergekit rounds every step of these to 16 bits and Weir only the last. So Weir's result is what rounding the exact one
     * would give, and nearer to it than mergekit's: in the mean of each tensor and in its worst element.
     */
    @ParameterizedTest(name = "{0}")
    @MethodSource("org.weir.proof.Goldens#sixteenBitCases")
    void isNearerToTheTruthThanMergekitWhereThatRoundsTo16Bits(String name) throws IOException {
        Model merged = merge(name);
        Reference reference = new Reference(Goldens.config(name), Goldens::model);
        Goldens.expected(name).tensors().forEach((tensor, expected) -> {
            Truth truth = reference.merge(tensor);
            Closeness.assertRoundedOnce(tensor, merged.tensor(tensor), truth);
            Closeness.assertNearer(tensor, merged.tensor(tensor), expected, truth);
        });
    }

    @Test
    void isWithinTwoUnitsOfMergekitWhereThatRoundsTo16BitsOnlyOnce() throws IOException {
        String name = "linear_bf16_as_f32_out_bf16";
        Model merged = merge(name);
        Reference reference = new Reference(Goldens.config(name), Goldens::model);
        Goldens.expected(name).tensors().forEach((tensor, expected) -> {
            Truth truth = reference.merge(tensor);
            for (int i = 0; i < truth.elements(); i++) {
                double difference = Math.abs(merged.tensor(tensor).at(i) - expected.at(i));
                double unit = expected.format().ulp(truth.operands()[i]);
                assertTrue(difference <= 2 * unit, tensor + "[" + i + "]");
            }
        });
    }

    @Test
    void keepsTheLargestElementWhereTheDensityAsksForLessThanOne() throws IOException {
        String name = "err_ties_density_tiny";
        Model merged = merge(name);
        Reference reference = new Reference(Goldens.config(name), Goldens::model);
        merged.tensors().forEach((tensor, found) -> Closeness.assertSame(tensor, found, reference.merge(tensor)));
    }

    /**
     * mergekit adds up divergences of 1e-6 in f32, from terms that are rounded to 1.2e-7 each: where that may tip a choice it
     * does in one of 240. Of 16 bits nothing is left of them, and the result is f32 all the same.
     */
    @ParameterizedTest
    @ValueSource(strings = {"arcee_fusion_f32", "arcee_fusion_bf16", "arcee_fusion_f16"})
    void takesTheChangesThatMatterMost(String name) throws IOException {
        Model merged = Model.read(Weir.mergeFolder(folder, config(name)));
        Reference reference = new Reference(Goldens.config(name), Goldens::model);
        long others = 0;
        for (var each : Goldens.expected(name).tensors().entrySet()) {
            Truth truth = reference.merge(each.getKey());
            Tensor found = merged.tensor(each.getKey());
            Closeness.assertRoundedOnce(each.getKey(), found, truth);
            boolean[] tippable = tippable(name, each.getKey());
            for (int i = 0; i < truth.elements(); i++) {
                boolean other = Math.abs(found.at(i) - each.getValue().at(i)) > 1e-6;
                assertTrue(!other || tippable[i] || !name.endsWith("f32"), each.getKey() + "[" + i + "]");
                others += other ? 1 : 0;
            }
        }
        double share = others / (double) merged.values().count();
        assertTrue(share < (name.endsWith("f32") ? 0.005 : 0.16), others + " elements are not mergekit's");
    }

    /** The definition that Weir is held to, rounded to 16 bits after each step, makes all choices that mergekit has made. */
    @ParameterizedTest
    @CsvSource({"arcee_fusion_bf16, 0", "arcee_fusion_f16, 0.007"})
    void itsDefinitionRoundedStepByStepIsMergekits(String name, double mostOthers) {
        CaseConfig config = Goldens.config(name);
        long others = 0;
        long elements = 0;
        for (var each : Goldens.expected(name).tensors().entrySet()) {
            Tensor base = Goldens.model(config.text("base_model").orElseThrow()).tensor(each.getKey());
            Tensor x = Goldens.model(config.models().getFirst()).tensor(each.getKey());
            DoubleUnaryOperator round = value -> value == 0 ? 0 : x.format().round(value);
            boolean[] taken = Definitions.fusionInSteps(
                    x.values().toArray(), base.values().toArray(), base.shape().getLast(), round);
            for (int i = 0; i < taken.length; i++) {
                double delta = taken[i] ? round.applyAsDouble(x.at(i) - base.at(i)) : 0;
                others += Math.abs(base.at(i) + delta - each.getValue().at(i)) > 1e-7 ? 1 : 0;
            }
            elements += taken.length;
        }
        assertTrue(others <= mostOthers * elements, others + " of " + elements + " elements are not mergekit's");
    }

    /** Where two roundings of f32 in a divergence may decide. */
    private static boolean[] tippable(String name, String tensor) {
        CaseConfig config = Goldens.config(name);
        Tensor base = Goldens.model(config.text("base_model").orElseThrow()).tensor(tensor);
        Tensor x = Goldens.model(config.models().getFirst()).tensor(tensor);
        double[] chosen = Definitions.fusion(
                x.values().toArray(), base.values().toArray(), base.shape().getLast(), 0x1p-22);
        boolean[] open = new boolean[chosen.length];
        for (int i = 0; i < open.length; i++) {
            open[i] = Double.isNaN(chosen[i]);
        }
        return open;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusedCases")
    void refusesTheConfig(String name) throws IOException {
        Refusal expected = Objects.requireNonNull(REFUSED.get(name));
        Weir.Run run = Weir.tryMerge(folder, config(name));
        assertEquals(expected.exitCode(), run.exitCode(), run.err());
        for (String word : expected.words()) {
            assertTrue(run.err().contains(word), () -> "no '" + word + "' in: " + run.err());
        }
    }

    @Test
    void leavesNoCaseOut() {
        assertEquals(44, Goldens.f32Cases().count(), "compared with mergekit's f32");
        assertEquals(47, Goldens.sixteenBitCases().count(), "compared with mergekit's 16 bits");
        assertEquals(11, refusedCases().count(), "refused");
        long fusions = 3;
        long merged = 1; // where mergekit fails
        assertEquals(
                44 + 47 + 11 + Goldens.OF_FORM.size() + fusions + merged,
                Goldens.cases(name -> true).count());
    }

    static Stream<String> refusedCases() {
        return REFUSED.keySet().stream().sorted();
    }

    /** The merged model; its files must say which dtype it has, and hold what mergekit's hold. */
    private Model merge(String name) throws IOException {
        Path out = Weir.mergeFolder(folder, config(name), options(name));
        Model merged = Model.read(out);
        if (Goldens.hasOutput(name)) {
            Model expected = Goldens.expected(name);
            assertEquals(expected.tensors().keySet(), merged.tensors().keySet());
            expected.tensors().forEach((tensor, each) -> {
                assertEquals(each.shape(), merged.tensor(tensor).shape(), tensor);
                assertEquals(each.format(), merged.tensor(tensor).format(), tensor);
            });
            JsonNode donor = JsonMapper.shared().readTree(Files.readString(out.resolve("config.json")));
            JsonNode peer = JsonMapper.shared()
                    .readTree(Files.readString(Goldens.folder(name).resolve("expected/config.json")));
            assertEquals(peer.get("dtype"), donor.get("torch_dtype"));
        }
        return merged;
    }

    /** The case's config with the paths of its models made absolute. */
    private static String config(String name) {
        return Goldens.source(name).replace("models/", Goldens.path("models") + "/");
    }

    private static String[] options(String name) throws IOException {
        Path file = Goldens.folder(name).resolve("options.json");
        if (!Files.exists(file)) {
            return new String[0];
        }
        List<String> options = new ArrayList<>();
        JsonMapper.shared().readTree(Files.readString(file)).forEachEntry((option, value) -> {
            options.add("--" + option.replace('_', '-'));
            options.add(value.asString());
        });
        return options.toArray(String[]::new);
    }
}
