package org.weir.plan;

import java.util.List;

/**
 * A tensor of the result, and where it comes from.
 *
 * @param slice which slice of the config makes it
 * @param output its name
 * @param inputs what it is called in each expert of the slice, in order
 * @param t where it lies between the first layer (0) and the last (1) of its slice
 */
record TensorPlace(int slice, String output, List<String> inputs, double t) {
    TensorPlace {
        inputs = List.copyOf(inputs);
    }
}
