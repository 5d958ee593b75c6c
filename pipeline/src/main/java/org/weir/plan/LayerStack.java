package org.weir.plan;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * Where each tensor lies between the first layer and the last, which is what gradients run along.
 *
 * <p>A layer is the first number between two dots of a tensor's name: 7 in {@code model.layers.7.mlp.experts.3.w1}.
 * What stands before it names the stack, so an encoder and a decoder, or a vision tower and a language model, each run
 * from 0 to 1.
 */
final class LayerStack {
    /** No model is deeper, and every such number is an int. */
    private static final int MAX_DIGITS = 6;

    /**
     * A layer of a stack.
     *
     * @param rest what of a tensor's name follows the layer's number
     */
    record Place(String stack, int layer, String rest) {
        /** The name of the same tensor in another layer. */
        String at(int other) {
            return stack + "." + other + "." + rest;
        }
    }

    /** As the names show. */
    private final Map<String, Integer> depths;
    /** Without the layers that follow the stack. */
    private final Map<String, Integer> layersOf;

    private final int deepest;

    private LayerStack(Map<String, Integer> depths, Map<String, Integer> layersOf) {
        this.depths = depths;
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
        Map<String, Integer> depths = new TreeMap<>();
        for (String name : tensorNames) {
            place(name).ifPresent(place -> depths.merge(place.stack(), place.layer() + 1, Math::max));
        }
        Map<String, Integer> layersOf = new HashMap<>(depths);
        configLayers.ifPresent(layers -> layersOf.entrySet().stream()
                .filter(stack -> layers > 0 && stack.getValue() >= layers)
                .min(Map.Entry.comparingByValue())
                .ifPresent(stack -> stack.setValue(layers)));
        return new LayerStack(depths, layersOf);
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

    /** The stacks of more than a lone number, the deepest first; of a model of one layer, that. */
    List<String> stacks() {
        return layersOf.entrySet().stream()
                .filter(stack -> stack.getValue() > 1 || deepest == 1)
                .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** How many layers a stack has, those that follow it included. */
    int depth(String stack) {
        return depths.getOrDefault(stack, 0);
    }

    static Optional<Place> place(String tensorName) {
        int dot = tensorName.indexOf('.');
        while (dot >= 0) {
            int next = tensorName.indexOf('.', dot + 1);
            if (isNumber(tensorName, dot + 1, next)) {
                return Optional.of(new Place(
                        tensorName.substring(0, dot),
                        Integer.parseInt(tensorName, dot + 1, next, 10),
                        tensorName.substring(next + 1)));
            }
            dot = next;
        }
        return Optional.empty();
    }

    private static boolean isNumber(String text, int from, int to) {
        int digits = to - from;
        boolean number = digits > 0 && digits <= MAX_DIGITS;
        for (int i = from; number && i < to; i++) {
            number = text.charAt(i) >= '0' && text.charAt(i) <= '9';
        }
        return number;
    }
}
