package org.weir.stage;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import org.weir.simd.Bf16Fusion;
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

    /** The loop that does all of it at once, experts still to be given. */
    Bf16Fusion fusion(Optional<MemorySegment> base, float factor);

    /** Clears the first {@code n} elements of the state. */
    void begin(float[][] lanes, int n);

    /** Takes in the strip of one expert. */
    void accept(int expert, Strip strip, float[][] lanes, Kernels kernels);

    /** Writes the result into {@code lanes[0]}. */
    void finish(float[][] lanes, int n, Kernels kernels);

    /** Weights as arithmetic takes them. */
    static float[] rounded(List<Double> weights) {
        float[] rounded = new float[weights.size()];
        for (int i = 0; i < rounded.length; i++) {
            rounded[i] = weights.get(i).floatValue();
        }
        return rounded;
    }
}
