package org.weir.stage;

import java.util.OptionalDouble;
import org.weir.simd.Bf16Fusion;
import org.weir.simd.Kernels;

/**
 * Rewrites one expert's strip. A value: it may be shared by threads, compared and hashed.
 *
 * <p>Some operations must know the whole tensor first. They become ready step by step:
 *
 * <pre>
 *   op ── survey() ──► a Survey, shown every strip ── measured(survey) ──► op', nearer to ready
 * </pre>
 */
public sealed interface TileOp extends Stage
        permits Delta,
                Trim,
                TrimTo,
                TrimSearch,
                TrimTies,
                TrimAt,
                Band,
                Importance,
                ImportanceSearch,
                ImportanceAt,
                Limit,
                RowDropout,
                RowDropoutAt,
                Dropout,
                Rescale,
                Rescaled,
                Raise,
                UnitNorm,
                Times {

    /** Whether it knows all it needs to run. */
    default boolean ready() {
        return true;
    }

    /**
     * The measurement that this waits for next; only when not ready.
     *
     * @param extent what will be measured, of the scope that {@link #scope} says
     * @param maxTableEntries the largest table that the survey may ask for; at least 1,024
     */
    default Survey survey(Extent extent, int maxTableEntries) {
        throw new IllegalStateException(label() + " needs no survey");
    }

    /** This operation, knowing what the survey that it asked for has found. */
    default TileOp measured(Survey survey) {
        throw new IllegalStateException(label() + " asked for no survey");
    }

    /** The share of a tensor's elements that it is to leave, if it zeroes the others. */
    default OptionalDouble requestedDensity() {
        return OptionalDouble.empty();
    }

    /** Whether a NaN or an infinity that goes in always comes out as one; only when ready. */
    default boolean showsNonFinite() {
        return false;
    }

    /** How far its next survey looks. */
    default Scope scope() {
        return Scope.TENSOR;
    }

    /**
     * Readings of the input that it takes until it is ready, as a plan announces them; rare data take one more.
     *
     * @param valuesRepeat whether the inputs are of 16 bits, so that many of their differences are equal
     * @param elements of the tensor
     * @param maxTableEntries the largest table that its surveys may ask for
     */
    default int sweeps(boolean valuesRepeat, long elements, int maxTableEntries) {
        return 0;
    }

    /** What it and its surveys keep of a tensor: bytes beside tables, and beside 16 per block. */
    default long surveyBytes(long elements) {
        return 0;
    }

    /**
     * Asks a fused loop to do this in passing, for some elements of one block; only when ready.
     *
     * @param from offset of the first of them in the block
     * @param to offset after the last
     * @return false if the loop cannot: then strips go through {@link #apply}
     */
    default boolean fuse(Bf16Fusion fusion, int expert, int block, int from, int to) {
        return false;
    }

    /** Rewrites the strip in place; only when ready. */
    void apply(Strip strip, Strip base, Kernels kernels);
}
