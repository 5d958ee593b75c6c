package org.weir.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.weir.plan.ConfigText.problems;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The forms {@code slices} and {@code modules} of a config. */
final class SlicesOfConfigTest {
    @Test
    void readsSlicesWithTheirLayersParametersAndBase() throws PlanException {
        MergeConfig config = ConfigText.read("""
                merge_method: ties
                base_model: b
                slices:
                  - sources:
                      - {model: b, layer_range: [0, 2]}
                      - model: x
                        layer_range: [1, 3]
                        parameters: {weight: 0.5}
                    parameters: {density: 0.1}
                  - sources: [{model: c, layer_range: [2, 4]}, {model: x, layer_range: [2, 4]}]
                    base_model: c
                    residual_weight: 0
                """);
        assertEquals(2, config.slices().size());
        SliceEntry first = config.slices().get(0);
        assertEquals(Optional.of("b"), first.baseModel().map(ModelEntry::model));
        assertEquals(
                List.of(Optional.of(new ModelEntry.Layers(0, 2)), Optional.of(new ModelEntry.Layers(1, 3))),
                first.sources().stream().map(ModelEntry::layers).toList());
        assertEquals(6, first.sources().get(1).line());
        assertEquals(List.of("density"), List.copyOf(first.parameters().keySet()));
        assertEquals(Optional.of("c"), config.slices().get(1).baseModel().map(ModelEntry::model));
        assertEquals(
                List.of("b", "x", "c", "x"),
                config.models().stream().map(ModelEntry::model).toList());
    }

    @Test
    void readsTheOneModuleAsIfItStoodAtTheTop() throws PlanException {
        MergeConfig config = ConfigText.read("""
                merge_method: linear
                modules:
                  default:
                    models: [{model: a}, {model: b}]
                    parameters: {weight: 0.5}
                """);
        assertEquals(
                List.of("a", "b"),
                config.models().stream().map(ModelEntry::model).toList());
        assertEquals(List.of("weight"), List.copyOf(config.moduleParameters().keySet()));
    }

    @Test
    void saysAllThatIsWrongWithSlices() {
        assertEquals(
                List.of(
                        "c.yml:3: slices[0] has no sources; list them as '- {model: PATH, layer_range: [0, 8]}'",
                        "c.yml:5: slices[1].sources[0] has no layer_range; write the first layer and the one after the"
                                + " last: [0, 8]",
                        "c.yml:6: slices[1].sources[1] has no model; write '- model: PATH'",
                        "c.yml:7: slices[1].sources[2].layer_range: found '[4, 4]', expected the first layer and the one"
                                + " after the last, such as [0, 8]",
                        "c.yml:8: unknown key 'layers' under slices[1].sources[3]; expected one of layer_range, model,"
                                + " parameters, statistics",
                        "c.yml:9: slices[2]: found 'x', expected a mapping: '- sources: [...]'",
                        "c.yml:12: slices[3]: the layer_range [1, 4] is not as long as [0, 2]; all sources of a slice"
                                + " give the same number of layers"),
                problems("""
                        merge_method: linear
                        slices:
                          - {parameters: {weight: 1}}
                          - sources:
                              - {model: a}
                              - {layer_range: [0, 1]}
                              - {model: a, layer_range: [4, 4]}
                              - {model: a, layer_range: [0, 1], layers: 3}
                          - x
                          - sources:
                              - {model: a, layer_range: [0, 2]}
                              - {model: a, layer_range: [1, 4]}
                        """));
    }

    @Test
    void refusesMoreThanOneOfModelsSlicesAndModules() {
        String slices = "slices: [{sources: [{model: a, layer_range: [0, 1]}]}]\n";
        assertEquals(
                List.of("c.yml:3: models and slices exclude each other; keep one of them"),
                problems("merge_method: linear\nmodels: [{model: a}]\n" + slices));
        assertEquals(
                List.of("c.yml:2: slices and modules exclude each other; keep one of them"),
                problems("merge_method: linear\n" + slices + "modules: {default: {models: [{model: a}]}}\n"));
    }

    @Test
    void refusesModulesThatItCannotTellApart() {
        assertEquals(
                List.of("c.yml:4: modules.vision: Weir merges all parts of a model alike, by tensor names; write one"
                        + " module 'default', or models at the top, and use filters"),
                problems("""
                        merge_method: linear
                        modules:
                          default: {models: [{model: a}]}
                          vision: {models: [{model: a}]}
                        """));
        assertEquals(
                List.of("c.yml:2: no models; list them under modules.default.models:, each as '- model: PATH'"),
                problems("merge_method: linear\nmodules: {default: {}}\n"));
    }
}
