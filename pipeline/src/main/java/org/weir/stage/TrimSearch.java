package org.weir.stage;

import org.weir.simd.Kernels;

/**
 * A {@link Trim} that knows in which bracket of magnitudes its threshold lies.
 *
 * @param rank k: the threshold is the k-th largest magnitude
 * @param keepTies whether every entry equal to it stays
 * @param scope what is ranked
 * @param loBits the bracket's lower end, the bits of a non-negative float, inclusive
 * @param hiBits the bracket's upper end, inclusive
 * @param guessBits a magnitude of the bracket that may well be the threshold, so that it is worth counting by block
 */
record TrimSearch(long rank, boolean keepTies, Scope scope, int loBits, int hiBits, int guessBits) implements TileOp {

    static TrimSearch anywhere(long rank, boolean keepTies, Scope scope) {
        return new TrimSearch(rank, keepTies, scope, 0, Integer.MAX_VALUE, 0);
    }

    TrimSearch within(int lo, int hi, int guess) {
        return new TrimSearch(rank, keepTies, scope, lo, hi, guess);
    }

    @Override
    public boolean ready() {
        return false;
    }

    @Override
    public Survey survey(Extent extent, int maxTableEntries) {
        return new MagnitudeCount(this, extent, maxTableEntries);
    }

    @Override
    public TileOp measured(Survey survey) {
        return ((MagnitudeCount) survey).conclusion();
    }

    @Override
    public void apply(Strip strip, Strip base, Kernels kernels) {
        throw new IllegalStateException("the threshold is not known yet");
    }

    @Override
    public String label() {
        return "trim";
    }
}
