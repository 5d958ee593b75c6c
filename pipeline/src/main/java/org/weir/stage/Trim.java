package org.weir.stage;

import org.weir.simd.Kernels;

/**
 * TIES' trim (Yadav et al., arXiv:2306.01708): keeps the k entries of largest magnitude, zeroes the others.
 *
 * <p>k = ⌊density · n⌋ as mergekit computes it, but at least 1. Where more entries than needed equal the k-th
 * magnitude, those of lowest index stay, or all of them with {@code keepTies}, as in the authors' code.
 *
 * @param density the share to keep, above 0 and below 1
 * @param keepTies whether every entry equal to the k-th stays
 * @param scope what n is the size of
 */
public record Trim(double density, boolean keepTies, Scope scope) implements TileOp {

    /** Of fewer elements a sample says little. */
    private static final long WORTH_SAMPLING = 1 << 14;

    public Trim {
        if (!(density > 0 && density < 1)) {
            throw new IllegalArgumentException("density " + density + ", expected one between 0 and 1");
        }
    }

    @Override
    public boolean ready() {
        return false;
    }

    @Override
    public Survey survey(Extent extent, int maxTableEntries) {
        long rank = Math.max(1, (long) (density * extent.elements()));
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
        return switch (survey) {
            case MagnitudeList list -> list.conclusion();
            case MagnitudeSample sample -> sample.conclusion();
            case MagnitudeCount count -> count.conclusion();
            case TieSearch _, L1Norms _ -> throw new IllegalArgumentException("a survey of another operation");
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
