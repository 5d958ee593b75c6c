package org.weir.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The golden cases that are about the form of a config, or about models of different form. */
class GoldenConfigsTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "slices_passthrough_stack",
                "passthrough_scale_f32",
                "passthrough_scale_bf16",
                "passthrough_scale_f16"
            })
    void writesTheSameBytesAsMergekitWhereAModelIsPassedThrough(String name) throws IOException {
        Path out = merge(name);
        assertEquals(Goldens.expected(name), Model.read(out));
        assertEquals(count(Goldens.folder(name).resolve("expected")), count(out));
    }

    @Test
    void aSliceOfTheWholeModelIsTheMergeOfIt() throws IOException {
        String name = "slices_ties_base";
        Model merged = Model.read(merge(name));
        String sameInOtherWords = """
                merge_method: ties
                base_model: models/micro-f32/base
                models:
                - model: models/micro-f32/e1
                - model: models/micro-f32/e2
                parameters: {weight: 0.5, density: 0.8, lambda: [0.5, 1.0]}
                """;
        Reference reference = new Reference(CaseConfig.parse(sameInOtherWords), Goldens::model);
        assertEquals(Goldens.expected(name).tensors().keySet(), merged.tensors().keySet());
        Goldens.expected(name).tensors().forEach((tensor, expected) -> {
            Truth truth = reference.merge(tensor);
            Closeness.assertSame(tensor, merged.tensor(tensor), truth);
            Closeness.assertSame(tensor, merged.tensor(tensor), truth.withValues(expected));
        });
    }

    /** mergekit writes the head and leaves the flag that says there is none. */
    @Test
    void aTiedModelLendsItsEmbeddingToTheHeadOfAnother() throws IOException {
        String name = "ta_tied_base_untied_expert";
        Path out = merge(name);
        Model merged = Model.read(out);
        Reference reference = new Reference(Goldens.config(name), model -> {
            Map<String, Tensor> tensors = new TreeMap<>(Goldens.model(model).tensors());
            tensors.putIfAbsent("lm_head.weight", Goldens.model(model).tensor("model.embed_tokens.weight"));
            return new Model(tensors);
        });
        assertEquals(Goldens.expected(name).tensors().keySet(), merged.tensors().keySet());
        Goldens.expected(name).tensors().forEach((tensor, expected) -> {
            Truth truth = reference.merge(tensor);
            Closeness.assertRoundedOnce(tensor, merged.tensor(tensor), truth);
            Closeness.assertNearer(tensor, merged.tensor(tensor), expected, truth);
        });
        assertEquals(false, json(out).get("tie_word_embeddings").booleanValue());
    }

    /** Without a tokenizer the first rows are taken for the same tokens: of linear the smallest model's, of deltas the base's. */
    @ParameterizedTest
    @CsvSource({"linear_vocab_mismatch, 56", "slerp_vocab_mismatch, 56", "ta_vocab_expert_bigger, 61"})
    void cropsVocabulariesAsMergekitDoesAndSaysSoInTheConfig(String name, int tokens) throws IOException {
        Path out = merge(name);
        Model merged = Model.read(out);
        Reference reference = new Reference(Goldens.config(name), model -> {
            Map<String, Tensor> tensors = new TreeMap<>(Goldens.model(model).tensors());
            Tensor whole = Goldens.model(model).tensor("model.embed_tokens.weight");
            List<Integer> shape = List.of(tokens, whole.shape().get(1));
            tensors.put("model.embed_tokens.weight", Tensor.of(whole.format(), shape, whole::at));
            return new Model(tensors);
        });
        assertEquals(Goldens.expected(name).tensors().keySet(), merged.tensors().keySet());
        Goldens.expected(name).tensors().forEach((tensor, expected) -> {
            assertEquals(expected.shape(), merged.tensor(tensor).shape());
            Truth truth = reference.merge(tensor);
            Closeness.assertRoundedOnce(tensor, merged.tensor(tensor), truth);
            Closeness.assertNearer(tensor, merged.tensor(tensor), expected, truth);
        });
        assertEquals(tokens, json(out).get("vocab_size").intValue());
    }

    @Test
    void anExpertWithFewerTokensThanTheBaseDoesNotFit() throws IOException {
        Weir.Run run = Weir.tryMerge(folder, """
                merge_method: task_arithmetic
                base_model: %1$s/micro/base
                models: [{model: %1$s/micro-v1000/e2, parameters: {weight: 1}}]
                """.formatted(Goldens.path("models")));
        assertEquals(3, run.exitCode(), run.err());
        assertTrue(run.err().contains("tensor model.embed_tokens.weight: is [61, 24] in"), run.err());
        assertTrue(run.err().contains("; tokenizer_source: base lines the tokens up"), run.err());
    }

    private static int count(Path model) throws IOException {
        return json(model).get("num_hidden_layers").intValue();
    }

    private static JsonNode json(Path model) throws IOException {
        return JsonMapper.shared().readTree(Files.readString(model.resolve("config.json")));
    }

    private Path merge(String name) throws IOException {
        return Weir.mergeFolder(folder, Goldens.source(name).replace("models/", Goldens.path("models") + "/"));
    }
}
