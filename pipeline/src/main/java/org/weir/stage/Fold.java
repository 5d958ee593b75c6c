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
public sealed interface Fold extends Stage
        permits WeightedSum,
                SignElection,
                Largest,
                Consensus,
                Overlap,
                OverlapSearch,
                EnergySum,
                EnergySearch,
                Combination,
                VectorwiseSum,
                FisherMean {

    /** How many experts it joins. */
    int experts();

    /** Floats of state per element. For its surveys, which have the strips of all experts beside one another, one for each. */
    int lanes();

    /** Whether its survey has to see the blocks one after the other, so that one worker makes the whole tensor. */
    default boolean inOrder() {
        return false;
    }

    /** What its surveys, and this when they are done, keep of a tensor: bytes beside tables and lanes. */
    default long surveyBytes(long elements) {
        return 0;
    }

    /** Whether it knows all it needs to run. */
    default boolean ready() {
        return true;
    }

    /**
     * The measurement of the tensor that this waits for next; only when not ready, and when the operations are.
     *
     * @param maxTableEntries the largest table that the survey may ask for; at least 1,024
     */
    default JointSurvey survey(Extent extent, int maxTableEntries) {
        throw new IllegalStateException(label() + " needs no survey");
    }

    /** This fold, knowing what the survey that it asked for has found; of as many lanes at most. */
    default Fold measured(JointSurvey survey) {
        throw new IllegalStateException(label() + " asked for no survey");
    }

    /** Readings of the input that it takes until it is ready, as {@link TileOp#sweeps} says. */
    default int sweeps(boolean valuesRepeat, long elements, int maxTableEntries) {
        return 0;
    }

    /**
     * The loop that does all of it at once, experts still to be given, if there is one.
     *
     * @param base the base, if the result is added to it
     * @param origin index within the tensor of the element that all inputs' memory begins with
     * @param factor what the result is multiplied with before
     */
    default Optional<Bf16Fusion> fusion(Optional<MemorySegment> base, long origin, float factor) {
        return Optional.empty();
    }

    /** Clears the first {@code n} elements of the state. */
    void begin(float[][] lanes, int n);

    /** Takes in the strip of one expert. */
    void accept(int expert, Strip strip, float[][] lanes, Kernels kernels);

    /**
     * Writes the result into {@code lanes[0]}.
     *
     * @param place where it is; its values may be overwritten
     */
    void finish(Strip place, float[][] lanes, Kernels kernels);

    /** Whether a NaN or an infinity in any expert always leaves one in the result: then looking at results is enough. */
    default boolean showsNonFinite() {
        return false;
    }

    /** Weights as arithmetic takes them. */
    static float[] rounded(List<Double> weights) {
        float[] rounded = new float[weights.size()];
        for (int i = 0; i < rounded.length; i++) {
            rounded[i] = weights.get(i).floatValue();
        }
        return rounded;
    }
}
