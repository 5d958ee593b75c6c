package org.weir.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What must hold of stacked slices, whatever the numbers are. */
class SliceLawsTest {
    @TempDir
    private Path folder;

    private Model one = new Model(Map.of());
    private Model two = new Model(Map.of());

    @BeforeEach
    void writeTwoModelsOfFourLayers() throws IOException {
        one = model("one", 4, 1);
        two = model("two", 4, 2);
    }

    @Test
    void allLayersOfOneModelAreTheModel() throws IOException {
        assertEquals(one, Model.read(merge(slices("one[0, 4]"))));
        assertEquals(one, Model.read(merge(slices("one[\"0\", 1]", "one[1, 2]", "one[2, 4]"))));
    }

    @Test
    void layersAreStackedInTheOrderOfTheSlices() throws IOException {
        Path out = merge(slices("one[0, 2]", "two[1, 4]", "one[3, 4]"));
        Model merged = Model.read(out);
        assertEquals(one.tensor("model.embed_tokens.weight"), merged.tensor("model.embed_tokens.weight"));
        assertEquals(one.tensor("model.norm.weight"), merged.tensor("model.norm.weight"));
        List<Tensor> expected =
                List.of(layer(one, 0), layer(one, 1), layer(two, 1), layer(two, 2), layer(two, 3), layer(one, 3));
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(expected.get(i), layer(merged, i), "layer " + i);
        }
        assertEquals(expected.size() + 3, merged.tensors().size());
        JsonNode config = JsonMapper.shared().readTree(Files.readString(out.resolve("config.json")));
        assertEquals(6, config.get("num_hidden_layers").intValue());
        assertEquals(
                List.of("one-0", "one-1", "two-1", "two-2", "two-3", "one-3"),
                config.get("layer_types")
                        .valueStream()
                        .map(JsonNode::stringValue)
                        .toList());
        assertEquals(7, config.get("untouched").intValue());
    }

    @Test
    void aListThatCannotFollowTheLayersIsSaid() throws IOException {
        Files.writeString(folder.resolve("two/config.json"), "{\"num_hidden_layers\": 4, \"vocab_size\": 7}");
        Weir.Run run = Weir.tryMerge(folder, slices("one[0, 2]", "two[1, 4]"));
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(
                run.err()
                        .contains("config.json: layer_types stays as in %s/one, with 4 entries for 5 layers"
                                .formatted(folder)),
                run.err());
        assertFalse(
                Weir.tryMerge(folder, slices("one[0, 2]", "one[1, 4]")).err().contains("layer_types"));
    }

    @Test
    void theEndsComeFromTheFirstAndTheLastSlice() throws IOException {
        Model merged = Model.read(merge(slices("two[0, 2]", "one[2, 4]")));
        assertEquals(two.tensor("model.embed_tokens.weight"), merged.tensor("model.embed_tokens.weight"));
        assertEquals(one.tensor("model.norm.weight"), merged.tensor("model.norm.weight"));
        assertEquals(one.tensor("lm_head.weight"), merged.tensor("lm_head.weight"));
    }

    /** Else the result would have a config that says there is a head, and none, or the other way round. */
    @Test
    void aStackOfATiedModelAndAnotherHasTheHeadOfItsLastSlice() throws IOException {
        Map<String, Tensor> tied = new TreeMap<>(two.tensors());
        tied.remove("lm_head.weight");
        new Model(tied).write(folder.resolve("tied"), 1);
        Files.writeString(
                folder.resolve("tied/config.json"),
                "{\"num_hidden_layers\": 4, \"vocab_size\": 7, \"tie_word_embeddings\": true}");
        Path last = merge(slices("one[0, 2]", "tied[2, 4]"));
        assertEquals(one.tensor("model.embed_tokens.weight"), Model.read(last).tensor("model.embed_tokens.weight"));
        assertEquals(two.tensor("model.embed_tokens.weight"), Model.read(last).tensor("lm_head.weight"));
        Path first = merge(slices("tied[0, 2]", "one[2, 4]"));
        assertEquals(two.tensor("model.embed_tokens.weight"), Model.read(first).tensor("model.embed_tokens.weight"));
        assertEquals(one.tensor("lm_head.weight"), Model.read(first).tensor("lm_head.weight"));
        for (Path out : List.of(last, first)) {
            JsonNode config = JsonMapper.shared().readTree(Files.readString(out.resolve("config.json")));
            assertFalse(config.get("tie_word_embeddings").booleanValue());
        }
        Path alone = merge(slices("tied[0, 2]", "tied[1, 4]"));
        assertFalse(Model.read(alone).tensors().containsKey("lm_head.weight"));
    }

    @Test
    void aSliceOfAMergeIsThatPartOfTheMerge() throws IOException {
        String models = """
                merge_method: linear
                models:
                  - {model: %1$s/one, parameters: {weight: 0.25}}
                  - {model: %1$s/two, parameters: {weight: 0.75}}
                """.formatted(folder);
        Model whole = Weir.merge(folder, models);
        Model part = Model.read(merge("""
                merge_method: linear
                slices:
                  - sources:
                      - {model: %1$s/one, layer_range: [1, 3], parameters: {weight: 0.25}}
                      - {model: %1$s/two, layer_range: [1, 3]}
                    parameters: {weight: 0.75}
                """.formatted(folder)));
        assertEquals(layer(whole, 1), layer(part, 0));
        assertEquals(layer(whole, 2), layer(part, 1));
        assertEquals(whole.tensor("model.norm.weight"), part.tensor("model.norm.weight"));
    }

    @Test
    void slicesMayHaveDifferentNumbersOfSources() throws IOException {
        Model merged = Model.read(merge("""
                merge_method: linear
                parameters: {weight: 1}
                slices:
                  - sources:
                      - {model: %1$s/one, layer_range: [0, 1]}
                  - sources:
                      - {model: %1$s/one, layer_range: [1, 3], parameters: {weight: 0.5}}
                      - {model: %1$s/two, layer_range: [2, 4], parameters: {weight: [{filter: layers.3, value: 1.5}]}}
                  - sources:
                      - {model: %1$s/two, layer_range: [0, 1]}
                """.formatted(folder)));
        assertEquals(layer(one, 0), layer(merged, 0));
        assertEquals(layer(two, 0), layer(merged, 3));
        double[] shares = {1 / 1.5, 1.5 / 2};
        for (int i = 0; i < shares.length; i++) {
            for (int e = 0; e < layer(one, i).elements(); e++) {
                double expected = (1 - shares[i]) * layer(one, 1 + i).at(e)
                        + shares[i] * layer(two, 2 + i).at(e);
                assertEquals(expected, layer(merged, 1 + i).at(e), 1e-6);
            }
        }
    }

    /** As in mergekit, whose methods return what there is one of: the base for those that add differences to it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "task_arithmetic | weight: 0.5",
                "ties            | weight: 0.5",
                "sce             | select_topk: 1",
                "nearswap        | t: 0.001",
                "arcee_fusion    | filter_wise: false",
                "karcher         | tol: 0.001",
                "slerp           | t: 0.5"
            })
    void aSliceOfTheBaseAloneIsTheBasesWhereOthersAreMerged(String method, String parameter) throws IOException {
        Model merged = stackOnMerged(method, parameter, "base_model: %s/one", "one");
        assertNotEquals(layer(one, 0), layer(merged, 0));
        assertEquals(layer(one, 1), layer(merged, 1));
        assertEquals(layer(one, 2), layer(merged, 2));
        assertEquals(one.tensor("model.norm.weight"), merged.tensor("model.norm.weight"));
    }

    /** The weights that a model without a partner has do not matter then, nor does where t says to go. */
    @ParameterizedTest
    @CsvSource({"slerp, t: 0.5, base_model: %s/one", "nuslerp, weight: 0.5, dtype: float32"})
    void aSliceOfOneModelIsThatModelsWhereOthersAreInterpolated(String method, String parameter, String more)
            throws IOException {
        Model merged = stackOnMerged(method, parameter, more, "two");
        assertNotEquals(layer(one, 0), layer(merged, 0));
        assertEquals(layer(two, 1), layer(merged, 1));
        assertEquals(two.tensor("lm_head.weight"), merged.tensor("lm_head.weight"));
    }

    /** The first layers of both models merged, the others of one alone. */
    private Model stackOnMerged(String method, String parameter, String more, String alone) throws IOException {
        return Model.read(merge("""
                merge_method: %2$s
                %4$s
                parameters: {%3$s}
                slices:
                  - sources:
                      - {model: %1$s/one, layer_range: [0, 1]}
                      - {model: %1$s/two, layer_range: [0, 1]}
                  - sources:
                      - {model: %1$s/%5$s, layer_range: [1, 3]}
                """.formatted(folder, method, parameter, more.formatted(folder), alone)));
    }

    /** Weights 0 to 1 along each slice; of a slice of one layer the last. */
    @Test
    void gradientsRunAlongEachSlice() throws IOException {
        Model merged = Model.read(merge("""
                merge_method: task_arithmetic
                base_model: %1$s/one
                dtype: float32
                slices:
                  - sources:
                      - {model: %1$s/one, layer_range: [0, 3]}
                      - {model: %1$s/two, layer_range: [0, 3], parameters: {weight: [0, 1]}}
                  - sources:
                      - {model: %1$s/one, layer_range: [3, 4]}
                      - {model: %1$s/two, layer_range: [3, 4], parameters: {weight: [0, 1]}}
                """.formatted(folder)));
        double[] weights = {0, 0.5, 1, 1};
        for (int i = 0; i < weights.length; i++) {
            for (int e = 0; e < layer(one, i).elements(); e++) {
                double base = layer(one, i).at(e);
                assertEquals(
                        base + weights[i] * (layer(two, i).at(e) - base),
                        layer(merged, i).at(e),
                        1e-6);
            }
        }
        assertEquals(one.tensor("lm_head.weight"), merged.tensor("lm_head.weight"));
    }

    @Test
    void whatSlicesAskForAndModelsDoNotHaveIsSaidWithItsLine() throws IOException {
        model("deep", 6, 3);
        Weir.Run run = Weir.tryMerge(folder, slices("one[0, 2]", "two[3, 5]"));
        assertEquals(2, run.exitCode(), run.err());
        assertTrue(run.err().contains("config.yml:4: slices[1].sources[0]: layer_range [3, 5], but"), run.err());
        assertTrue(run.err().contains("has 4 layers"), run.err());
        Weir.Run noBase = Weir.tryMerge(folder, """
                merge_method: ties
                base_model: %1$s/deep
                slices:
                  - sources: [{model: %1$s/one, layer_range: [0, 4], parameters: {weight: 1}}]
                """.formatted(folder));
        assertEquals(2, noBase.exitCode(), noBase.err());
        assertTrue(noBase.err().contains("config.yml:4: slices[0]:"), noBase.err());
        assertTrue(noBase.err().contains("is the base, but none of the sources"), noBase.err());
        Weir.Run two = Weir.tryMerge(folder, """
                merge_method: passthrough
                models: [{model: %1$s/one}, {model: %1$s/two}]
                """.formatted(folder));
        assertEquals(2, two.exitCode(), two.err());
        assertTrue(two.err().contains("passthrough takes one model"), two.err());
    }

    /** A config that passes through slices such as "one[0, 2]", one per line from the third. */
    private String slices(String... slices) {
        StringBuilder config = new StringBuilder("merge_method: passthrough\nslices:\n");
        for (String slice : slices) {
            String[] parts = slice.split("\\[");
            config.append("  - sources: [{model: %s/%s, layer_range: [%s}]%n".formatted(folder, parts[0], parts[1]));
        }
        return config.toString();
    }

    private Path merge(String config) throws IOException {
        return Weir.mergeFolder(folder, config);
    }

    private static Tensor layer(Model model, int layer) {
        return model.tensor("model.layers." + layer + ".mlp.weight");
    }

    private Model model(String name, int layers, int seed) throws IOException {
        Map<String, Tensor> tensors = new TreeMap<>();
        tensors.put("model.embed_tokens.weight", tensor(seed, 7, 3));
        tensors.put("lm_head.weight", tensor(seed + 10, 7, 3));
        tensors.put("model.norm.weight", tensor(seed + 20, 3));
        for (int i = 0; i < layers; i++) {
            tensors.put("model.layers." + i + ".mlp.weight", tensor(seed + 30 + i, 5, 3));
        }
        Model model = new Model(tensors);
        model.write(folder.resolve(name), 1);
        StringBuilder types = new StringBuilder();
        for (int i = 0; i < layers; i++) {
            types.append(i == 0 ? "" : ", ")
                    .append('"')
                    .append(name)
                    .append('-')
                    .append(i)
                    .append('"');
        }
        Files.writeString(
                folder.resolve(name).resolve("config.json"),
                "{\"num_hidden_layers\": %d, \"vocab_size\": 7, \"layer_types\": [%s], \"untouched\": 7}"
                        .formatted(layers, types));
        return model;
    }

    private static Tensor tensor(int seed, Integer... shape) {
        return Tensor.of(Format.F32, List.of(shape), i -> (float) Math.sin(seed * 100 + i));
    }
}
