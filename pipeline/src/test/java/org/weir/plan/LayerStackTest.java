package org.weir.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class LayerStackTest {
    private static final OptionalInt NO_CONFIG = OptionalInt.empty();

    @Test
    void runsFromTheFirstLayerToTheLast() {
        LayerStack stack = LayerStack.of(layers("model.layers", 5), NO_CONFIG);
        assertEquals(0.0, stack.t("model.layers.0.mlp.up_proj.weight"));
        assertEquals(1 / 4.0, stack.t("model.layers.1.mlp.up_proj.weight"));
        assertEquals(3 / 4.0, stack.t("model.layers.3.input_layernorm.weight"));
        assertEquals(1.0, stack.t("model.layers.4.mlp.up_proj.weight"));
    }

    @Test
    void whatIsInNoLayerIsAtTheStart() {
        LayerStack stack = LayerStack.of(layers("model.layers", 5), NO_CONFIG);
        assertEquals(0.0, stack.t("model.embed_tokens.weight"));
        assertEquals(0.0, stack.t("model.norm.weight"));
        assertEquals(0.0, stack.t("lm_head.weight"));
    }

    @Test
    void theOnlyLayerIsAtTheEnd() {
        LayerStack stack = LayerStack.of(List.of("h.embed", "model.layers.0.mlp"), NO_CONFIG);
        assertEquals(1.0, stack.t("model.layers.0.mlp"));
        assertEquals(0.0, stack.t("h.embed"));
    }

    @Test
    void namesWithoutLayersAreAllAtTheStart() {
        LayerStack stack = LayerStack.of(List.of("a", "b.weight", "7", "7.x", "x.7"), OptionalInt.of(12));
        for (String name : List.of("a", "b.weight", "7", "7.x", "x.7", "")) {
            assertEquals(0.0, stack.t(name), name);
        }
    }

    @Test
    void theFirstNumberIsTheLayer() {
        List<String> names = IntStream.range(0, 3)
                .boxed()
                .flatMap(layer -> IntStream.range(0, 8)
                        .mapToObj(expert -> "model.layers." + layer + ".mlp.experts." + expert + ".w1.weight"))
                .toList();
        assertEquals(0.5, LayerStack.of(names, NO_CONFIG).t("model.layers.1.mlp.experts.7.w1.weight"));
    }

    @Test
    void layersCountAsNumbersAndNotAsText() {
        assertEquals(2 / 10.0, LayerStack.of(layers("h", 11), NO_CONFIG).t("h.2.x"));
    }

    @Test
    void everyStackRunsByItself() {
        List<String> names = new ArrayList<>(layers("encoder.block", 3));
        names.addAll(layers("decoder.block", 5));
        LayerStack stack = LayerStack.of(names, NO_CONFIG);
        assertEquals(1.0, stack.t("encoder.block.2.x"));
        assertEquals(0.5, stack.t("decoder.block.2.x"));
    }

    @Test
    void aLoneNumberBesideAStackIsNoLayer() {
        List<String> names = new ArrayList<>(layers("model.layers", 4));
        names.add("score.0.weight");
        assertEquals(0.0, LayerStack.of(names, NO_CONFIG).t("score.0.weight"));
    }

    @Test
    void layersAfterTheStackOfTheConfigAreAtItsEnd() {
        LayerStack stack = LayerStack.of(layers("model.layers", 6), OptionalInt.of(5));
        assertEquals(3 / 4.0, stack.t("model.layers.3.x"));
        assertEquals(1.0, stack.t("model.layers.4.x"));
        assertEquals(1.0, stack.t("model.layers.5.x"));
    }

    @Test
    void theConfigsNumberIsThatOfTheStackNearestToIt() {
        List<String> names = new ArrayList<>(layers("vision.layers", 9));
        names.addAll(layers("text.layers", 5));
        LayerStack stack = LayerStack.of(names, OptionalInt.of(5));
        assertEquals(0.5, stack.t("vision.layers.4.x"));
        assertEquals(1.0, stack.t("text.layers.4.x"));
    }

    @Test
    void aConfigWithMoreLayersThanTensorsChangesNothing() {
        for (int layers : new int[] {0, -1, 100, Integer.MAX_VALUE}) {
            assertEquals(
                    0.5, LayerStack.of(layers("h", 3), OptionalInt.of(layers)).t("h.1.x"));
        }
    }

    @Test
    void longNumbersAreNoLayers() {
        assertEquals(
                0.0,
                LayerStack.of(List.of("h.99999999999999999999.x"), NO_CONFIG).t("h.99999999999999999999.x"));
        assertEquals(0.0, LayerStack.of(layers("h", 3), NO_CONFIG).t("h.\u0661.x"), "nor are other digits");
    }

    @Test
    void aNameThatNobodyShowedIsAtTheStart() {
        assertEquals(0.0, LayerStack.of(layers("h", 3), NO_CONFIG).t("g.2.x"));
    }

    private static List<String> layers(String stack, int layers) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            names.add(stack + "." + i + ".x");
            names.add(stack + "." + i + ".mlp.up_proj.weight");
        }
        return names;
    }
}
