package org.weir.stage;

import org.weir.simd.Kernels;

/**
 * Joins the experts of one strip, one after the other in the order of the config, with a fixed number of floats of state
 * per element. So memory does not depend on how many experts there are, and sums always run in the same order.
 */
public sealed interface Fold extends Stage permits WeightedSum, SignElection {

    /** How many experts it joins. */
    int experts();

    /** Floats of state per element. */
    int lanes();

    /** Clears the first {@code n} elements of the state. */
    void begin(float[][] lanes, int n);

    /** Takes in the strip of one expert. */
    void accept(int expert, Strip strip, float[][] lanes, Kernels kernels);

    /** Writes the result into {@code lanes[0]}. */
    void finish(float[][] lanes, int n, Kernels kernels);
}
