package org.weir.plan;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where each tensor lies between the first layer and the last, which is what gradients run along.
 *
 * <p>A layer is the first number between two dots of a tensor's name: 7 in {@code model.layers.7.mlp.experts.3.w1}.
 * What stands before it names the stack, so an encoder and a decoder, or a vision tower and a language model, each run
 * from 0 to 1.
 */
final class LayerStack {
    /** Six digits: no model is deeper, and every such number is an int. */
    private static final Pattern LAYER = Pattern.compile("^(.*?)\\.(\\d{1,6})\\.");

    private record Place(String stack, int layer) {}

    private final Map<String, Integer> layersOf;
    private final int deepest;

    private LayerStack(Map<String, Integer> layersOf) {
        this.layersOf = layersOf;
        this.deepest =
                layersOf.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    /**
     * The stacks that the names show.
     *
     * @param configLayers {@code num_hidden_layers} where config.json has it. It is less than what the names show where
     *     extra layers follow the stack, such as those that predict a second token
     */
    static LayerStack of(Collection<String> tensorNames, OptionalInt configLayers) {
        Map<String, Integer> layersOf = new HashMap<>();
        for (String name : tensorNames) {
            place(name).ifPresent(place -> layersOf.merge(place.stack(), place.layer() + 1, Math::max));
        }
        configLayers.ifPresent(layers -> layersOf.entrySet().stream()
                .filter(stack -> layers > 0 && stack.getValue() >= layers)
                .min(Map.Entry.comparingByValue())
                .ifPresent(stack -> stack.setValue(layers)));
        return new LayerStack(layersOf);
    }

    /**
     * 0 for the first layer, 1 for the last and what follows it, 1 for the only layer of a model, and 0 for what lies
     * in no layer (embeddings, the final norm, the head), all as in mergekit.
     */
    double t(String tensorName) {
        Optional<Place> place = place(tensorName);
        if (place.isEmpty()) {
            return 0;
        }
        int layers = layersOf.getOrDefault(place.get().stack(), 1);
        if (layers == 1) {
            // a lone number beside a real stack is no layer: score.0.weight
            return deepest > 1 ? 0 : 1;
        }
        return Math.min(1, (double) place.get().layer() / (layers - 1));
    }

    private static Optional<Place> place(String tensorName) {
        Matcher matcher = LAYER.matcher(tensorName);
        return matcher.find()
                ? Optional.of(new Place(matcher.group(1), Integer.parseInt(matcher.group(2))))
                : Optional.empty();
    }
}
