package org.weir.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The manifest says what filters, gradients and defaults come to for each tensor, as mergekit's rules have it. */
class ResolvedSettingsTest {
    private static final int LAYERS = 5;

    @TempDir
    private Path folder;

    private Model write(String name, int seed, String... without) throws IOException {
        Map<String, Tensor> tensors = new TreeMap<>();
        List<String> names =
                new ArrayList<>(List.of("model.embed_tokens.weight", "lm_head.weight", "model.norm.weight"));
        for (int i = 0; i < LAYERS; i++) {
            names.add(layer(i, "mlp"));
            names.add(layer(i, "attn"));
        }
        names.removeAll(List.of(without));
        names.forEach(tensor -> tensors.put(
                tensor, Tensor.of(Format.F32, List.of(40), i -> Math.sin(seed + i + tensor.hashCode() % 97))));
        Model model = new Model(tensors);
        model.write(folder.resolve(name), 1);
        Files.writeString(folder.resolve(name).resolve("config.json"), "{\"num_hidden_layers\": %d}".formatted(LAYERS));
        return model;
    }

    private static String layer(int layer, String part) {
        return "model.layers." + layer + "." + part + ".weight";
    }

    private static JsonNode manifest(Path out) throws IOException {
        return JsonMapper.shared().readTree(Files.readString(out.resolve("merge-manifest.json")));
    }

    private static Map<String, JsonNode> settings(JsonNode manifest) {
        Map<String, JsonNode> settings = new TreeMap<>();
        for (JsonNode tensor : manifest.get("tensors")) {
            settings.put(
                    tensor.get("name").asString(),
                    manifest.get("settings").get(tensor.get("settings").intValue()));
        }
        return settings;
    }

    private static double weight(JsonNode settings, int model) {
        return settings.get("models").get(model).get("parameters").get("weight").doubleValue();
    }

    /** By the rule in mergekit: gradient [g0 .. gm] at t is g between i = int(t m) and i + 1; outside of layers t is 0. */
    @Test
    void gradientsAndFiltersAreWhatMergekitMakesOfThem() throws IOException {
        Model one = write("one", 1);
        Model two = write("two", 2);
        Path out = Weir.mergeFolder(folder, """
                merge_method: linear
                models:
                  - model: %1$s/one
                    parameters:
                      weight:
                        - {filter: mlp, value: [0.25, 0.75]}
                        - {filter: norm, value: 7}
                        - {value: [0, 1, 0.5]}
                  - model: %1$s/two
                parameters:
                  weight: [1, 3]
                  normalize: [{filter: attn, value: true}, {value: false}]
                """.formatted(folder));
        double[] mlp = {0.25, 0.375, 0.5, 0.625, 0.75};
        double[] others = {0, 0.5, 1, 0.75, 0.5};
        double[] ofTwo = {1, 1.5, 2, 2.5, 3};
        Map<String, double[]> expected = new TreeMap<>(Map.of(
                "model.embed_tokens.weight", new double[] {0, 1},
                "lm_head.weight", new double[] {0, 1},
                "model.norm.weight", new double[] {7, 1}));
        for (int i = 0; i < LAYERS; i++) {
            expected.put(layer(i, "mlp"), new double[] {mlp[i], ofTwo[i]});
            expected.put(layer(i, "attn"), new double[] {others[i], ofTwo[i]});
        }
        JsonNode manifest = manifest(out);
        Map<String, JsonNode> settings = settings(manifest);
        assertEquals(expected.keySet(), settings.keySet());
        Model merged = Model.read(out);
        expected.forEach((tensor, weights) -> {
            JsonNode own = settings.get(tensor);
            assertEquals("linear", own.get("method").asString());
            assertFalse(own.has("base"));
            assertEquals(
                    tensor.contains("attn"),
                    own.get("parameters").get("normalize").booleanValue(),
                    tensor);
            double sum = tensor.contains("attn") ? weights[0] + weights[1] : 1;
            for (int model = 0; model < 2; model++) {
                assertEquals(weights[model], weight(own, model), tensor);
            }
            for (int i = 0; i < 40; i++) {
                double value = weights[0] * one.tensor(tensor).at(i)
                        + weights[1] * two.tensor(tensor).at(i);
                assertEquals(value / sum, merged.tensor(tensor).at(i), 1e-5, tensor);
            }
        });
        assertEquals(2 + 2 * LAYERS, manifest.get("settings").size()); // embedding and head have the same
    }

    @Test
    void whatIsTheSameForAllTensorsIsThereOnceWithDefaultsAndWithoutWhatHasNoEffect() throws IOException {
        write("base", 1);
        List<Path> experts = new ArrayList<>();
        for (int k = 0; k < 12; k++) {
            write("e" + k, 2 + k);
            experts.add(folder.resolve("e" + k));
        }
        Config config = Config.of("ties").base(folder.resolve("base")).models(experts, "weight: 0.5");
        JsonNode manifest = manifest(Weir.mergeFolder(
                folder,
                config.with("rescale: 1", "int8_mask: true", "density: 0.2").toString()));
        JsonNode all = manifest.get("settings");
        assertEquals(1, all.size());
        for (JsonNode tensor : manifest.get("tensors")) {
            assertEquals(0, tensor.get("settings").intValue());
        }
        JsonNode parameters = all.get(0).get("parameters");
        assertEquals(
                JsonMapper.shared()
                        .readTree(
                                "{\"normalize\": true, \"rescale\": true, \"lambda\": 1.0, \"trim_scope\": \"tensor\","
                                        + " \"keep_ties\": false}"),
                parameters);
        assertEquals(folder.resolve("base").toString(), all.get(0).get("base").asString());
        for (int k = 0; k < 12; k++) {
            JsonNode model = all.get(0).get("models").get(k);
            assertEquals(experts.get(k).toString(), model.get("model").asString());
            assertEquals(JsonMapper.shared().readTree("{\"weight\": 0.5, \"density\": 0.2}"), model.get("parameters"));
        }
    }

    @Test
    void modelsThatLackATensorAreNotInItsSettings() throws IOException {
        write("base", 1);
        write("one", 2, layer(1, "mlp"));
        write("two", 3);
        Config config = Config.of("task_arithmetic")
                .base(folder.resolve("base"))
                .model(folder.resolve("one"), "weight: 0.25")
                .model(folder.resolve("two"), "weight: 0.75");
        JsonNode manifest = manifest(Weir.mergeFolder(folder, config.toString(), "--allow-missing"));
        settings(manifest).forEach((tensor, own) -> {
            boolean lacking = tensor.equals(layer(1, "mlp"));
            assertEquals(lacking ? 1 : 2, own.get("models").size());
            assertEquals(lacking ? 0.75 : 0.25, weight(own, 0), tensor);
            String first = folder.resolve(lacking ? "two" : "one").toString();
            assertEquals(first, own.get("models").get(0).get("model").asString(), tensor);
        });
        assertEquals(2, manifest.get("settings").size());
    }

    @Test
    void slicesSayWhichModelsEachTensorIsOf() throws IOException {
        write("one", 1);
        write("two", 2);
        JsonNode manifest = manifest(Weir.mergeFolder(folder, """
                merge_method: passthrough
                slices:
                  - sources: [{model: %1$s/one, layer_range: [0, 2]}]
                  - sources: [{model: %1$s/two, layer_range: [2, 5]}]
                    parameters: {scale: [{filter: mlp, value: [1, 2]}]}
                """.formatted(folder)));
        double[] scales = {1, 1, 1, 1.5, 2};
        for (int i = 0; i < LAYERS; i++) {
            JsonNode own = settings(manifest).get(layer(i, "mlp"));
            JsonNode model = own.get("models").get(0);
            assertEquals(
                    folder.resolve(i < 2 ? "one" : "two").toString(),
                    model.get("model").asString());
            JsonNode scale = own.get("parameters").has("scale") ? own.get("parameters") : model.get("parameters");
            assertEquals(scales[i], scale.get("scale").doubleValue());
        }
    }

    @Test
    void stepsThatAreNotWrittenHaveTheirs() throws IOException {
        write("one", 1);
        write("two", 2);
        write("three", 3);
        JsonNode manifest = manifest(Weir.mergeFolder(folder, """
                name: inner
                merge_method: linear
                models: [{model: %1$s/one, parameters: {weight: [1, 2]}}, {model: %1$s/two, parameters: {weight: 4}}]
                ---
                name: mean
                merge_method: linear
                models: [{model: inner}, {model: %1$s/one}]
                parameters: {weight: 0.5}
                ---
                merge_method: task_arithmetic
                base_model: %1$s/three
                models: [{model: mean}]
                parameters: {weight: 8}
                """.formatted(folder)));
        JsonNode all = manifest.get("settings");
        for (JsonNode tensor : manifest.get("tensors")) {
            String name = tensor.get("name").asString();
            JsonNode own = all.get(tensor.get("settings").intValue());
            assertFalse(own.has("ofStep"));
            assertEquals("task_arithmetic", own.get("method").asString());
            assertEquals(8, weight(own, 0));
            assertEquals("mean", own.get("models").get(0).get("model").asString());
            JsonNode steps = tensor.get("settingsOfSteps");
            assertEquals(2, steps.size(), name);
            JsonNode mean = all.get(steps.get(0).intValue());
            assertEquals("mean", mean.get("ofStep").asString());
            assertEquals(0.5, weight(mean, 1));
            JsonNode inner = all.get(steps.get(1).intValue());
            assertEquals("inner", inner.get("ofStep").asString());
            int layer = name.contains("layers") ? name.charAt("model.layers.".length()) - '0' : 0;
            assertEquals(1 + layer / 4.0, weight(inner, 0), name);
        }
        assertEquals(2 + LAYERS, all.size());
        assertEquals(2 + LAYERS, new HashSet<>(all.valueStream().toList()).size());
        assertTrue(all.get(0).has("base"));
    }
}
