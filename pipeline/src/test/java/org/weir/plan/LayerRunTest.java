package org.weir.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which tensors a slice takes, and under which names. */
final class LayerRunTest {
    private static final LayerRun MIDDLE = new LayerRun("model.layers", new ModelEntry.Layers(3, 6), 10, false, false);

    @Test
    void layersMoveToTheirPlaceInTheResult() {
        assertEquals(Optional.of("model.layers.10.mlp.w"), MIDDLE.output("model.layers.3.mlp.w"));
        assertEquals(Optional.of("model.layers.12.mlp.w"), MIDDLE.output("model.layers.5.mlp.w"));
        assertEquals(Optional.empty(), MIDDLE.output("model.layers.2.mlp.w"));
        assertEquals(Optional.empty(), MIDDLE.output("model.layers.6.mlp.w"));
        assertEquals("model.layers.5.mlp.experts.7.w", MIDDLE.own("model.layers.12.mlp.experts.7.w"));
    }

    @Test
    void theFirstSliceBringsTheEmbeddingsAndTheLastWhatFollowsTheLayers() {
        LayerRun first = new LayerRun("h", new ModelEntry.Layers(0, 1), 0, true, false);
        LayerRun last = new LayerRun("h", new ModelEntry.Layers(0, 1), 1, false, true);
        for (String before :
                new String[] {"model.embed_tokens.weight", "wte.weight", "bert.embeddings.LayerNorm.bias"}) {
            assertEquals(Optional.of(before), first.output(before));
            assertEquals(Optional.empty(), last.output(before));
            assertEquals(Optional.empty(), MIDDLE.output(before));
        }
        for (String after :
                new String[] {"model.norm.weight", "lm_head.weight", "embed_out.weight", "score.0.weight"}) {
            assertEquals(Optional.empty(), first.output(after));
            assertEquals(Optional.of(after), last.output(after));
        }
    }

    @Test
    void gradientsRunFromTheSlicesFirstLayerToItsLast() {
        assertEquals(0, MIDDLE.t("model.layers.10.w"));
        assertEquals(0.5, MIDDLE.t("model.layers.11.w"));
        assertEquals(1, MIDDLE.t("model.layers.12.w"));
        assertEquals(0, MIDDLE.t("lm_head.weight"));
        assertEquals(1, new LayerRun("h", new ModelEntry.Layers(4, 5), 7, false, false).t("h.7.w"));
    }
}
