package org.weir.stage;

import org.weir.simd.Kernels;

/**
 * A {@link Trim} that knows how many entries it keeps.
 *
 * @param rank how many, at least 1
 * @param keepTies whether every entry equal to the last of them stays
 * @param scope of what
 */
record TrimTo(long rank, boolean keepTies, Scope scope) implements TileOp {

    /** Of fewer elements a sample says little. */
    private static final long WORTH_SAMPLING = 1 << 14;

    @Override
    public boolean ready() {
        return false;
    }

    @Override
    public Survey survey(Extent extent, int maxTableEntries) {
        TrimSearch search = TrimSearch.anywhere(rank, keepTies, scope);
        if (MagnitudeList.fits(extent.blocks(), extent.elements(), maxTableEntries)) {
            return new MagnitudeList(search, extent);
        }
        return extent.elements() >= WORTH_SAMPLING
                ? new MagnitudeSample(search, extent, maxTableEntries)
                : search.survey(extent, maxTableEntries);
    }

    @Override
    public TileOp measured(Survey survey) {
        return concluded(survey);
    }

    static TileOp concluded(Survey survey) {
        return switch (survey) {
            case MagnitudeList list -> list.conclusion();
            case MagnitudeSample sample -> sample.conclusion();
            case MagnitudeCount count -> count.conclusion();
            case TieSearch _,
                    L1Norms _,
                    NonZeros _,
                    SideBySide _,
                    SoftmaxSums _,
                    Divergences _,
                    OfImportance _,
                    RowRanks _,
                    L2Norm _ -> throw new IllegalArgumentException("a survey of another operation");
        };
    }

    /** Where values repeat, the guess that a sample gives tends to be the threshold. */
    @Override
    public int sweeps(boolean valuesRepeat, long elements, int maxTableEntries) {
        boolean listed = scope == Scope.TENSOR && MagnitudeList.fits(Strip.blocks(elements), elements, maxTableEntries);
        return valuesRepeat || listed ? 1 : 2;
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
