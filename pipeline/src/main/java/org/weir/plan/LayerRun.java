package org.weir.plan;

import java.util.Optional;

/**
 * Which tensors of a model a slice takes, and what they are called in the result. A model has one stack of layers; what
 * comes before it is taken by the first slice, what comes after it by the last.
 *
 * <pre>
 *   model   | embedding | 0 | 1 | 2 | 3 | norm, head |
 *   slice               |   [1, 3)  |
 *   result  | ...           | 7 | 8 | ...                       firstOutput = 7
 * </pre>
 */
record LayerRun(String stack, ModelEntry.Layers layers, int firstOutput, boolean first, boolean last) {

    /** The name in the result, if the slice takes the tensor. */
    Optional<String> output(String own) {
        Optional<LayerStack.Place> place = inStack(own);
        if (place.isEmpty()) {
            return Optional.of(own).filter(name -> ModelLayout.isBeforeLayers(name) ? first : last);
        }
        int layer = place.get().layer();
        return layer >= layers.from() && layer < layers.to()
                ? Optional.of(place.get().at(layer - layers.from() + firstOutput))
                : Optional.empty();
    }

    /** The name in the model of what is called so in the result. */
    String own(String output) {
        return inStack(output)
                .map(place -> place.at(place.layer() - firstOutput + layers.from()))
                .orElse(output);
    }

    /** Where a tensor of the result lies between the slice's first layer and its last, which is where an only layer lies. */
    double t(String output) {
        int steps = layers.count() - 1;
        return inStack(output)
                .map(place -> steps == 0 ? 1 : (double) (place.layer() - firstOutput) / steps)
                .orElse(0.0);
    }

    private Optional<LayerStack.Place> inStack(String name) {
        return LayerStack.place(name).filter(place -> place.stack().equals(stack));
    }
}
