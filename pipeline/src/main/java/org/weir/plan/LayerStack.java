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
        String stack = "";
        int depth = 0;
        for (String name : tensorNames) {
            int dot = numberedDot(name);
            boolean known = dot == stack.length() && name.startsWith(stack) && layer(name, dot) < depth;
            if (dot >= 0 && !known) { // mostly it is known from the name before
                stack = name.substring(0, dot);
                depth = depths.merge(stack, layer(name, dot) + 1, Math::max);
            }
        }
        Map<String, Integer> layersOf = new HashMap<>(depths);
        configLayers.ifPresent(layers -> layersOf.entrySet().stream()
                .filter(each -> layers > 0 && each.getValue() >= layers)
                .min(Map.Entry.comparingByValue())
                .ifPresent(each -> each.setValue(layers)));
        return new LayerStack(depths, layersOf);
    }

    /**
     * 0 for the first layer, 1 for the last and what follows it, 1 for the only layer of a model, and 0 for what lies
     * in no layer (embeddings, the final norm, the head), all as in mergekit.
     */
    double t(String tensorName) {
        int dot = numberedDot(tensorName);
        if (dot < 0) {
            return 0;
        }
        int layers = layersOf.getOrDefault(tensorName.substring(0, dot), 1);
        if (layers == 1) {
            // a lone number beside a real stack is no layer: score.0.weight
            return deepest > 1 ? 0 : 1;
        }
        return Math.min(1, (double) layer(tensorName, dot) / (layers - 1));
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
        int dot = numberedDot(tensorName);
        return dot < 0
                ? Optional.empty()
                : Optional.of(new Place(
                        tensorName.substring(0, dot),
                        layer(tensorName, dot),
                        tensorName.substring(tensorName.indexOf('.', dot + 1) + 1)));
    }

    /** Whether the tensor lies in a layer, and is no embedding, final norm or head. */
    static boolean holds(String tensorName) {
        return numberedDot(tensorName) >= 0;
    }

    /** Where the dot before the layer's number is, or -1; without objects, since it is asked of every name. */
    private static int numberedDot(String name) {
        int dot = name.indexOf('.');
        while (dot >= 0) {
            int next = name.indexOf('.', dot + 1);
            if (isNumber(name, dot + 1, next)) {
                return dot;
            }
            dot = next;
        }
        return -1;
    }

    private static int layer(String name, int dot) {
        return Integer.parseInt(name, dot + 1, name.indexOf('.', dot + 1), 10);
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
