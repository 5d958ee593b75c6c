package org.weir.stage;

import java.util.OptionalDouble;
import org.weir.simd.CounterRandom;
import org.weir.simd.Kernels;

/**
 * DELLA's MagPrune (Deep et al., arXiv:2406.11617): drops entries at random, the smaller of a row more often. The keep
 * probability grows evenly with the rank of the magnitude in its row, from density − epsilon to density + epsilon; of equal
 * magnitudes the first count as larger.
 *
 * <p>Ranks need whole rows. They are found just before the rows are merged; see {@link RowRanks}.
 *
 * @param density the mean probability to keep
 * @param epsilon how far the probabilities go from it; all of them lie between 0 and 1
 * @param rescale whether to divide what is kept by its probability
 * @param random says which ones, from the element's place alone
 * @param rowElements how long a row is
 */
public record RowDropout(double density, double epsilon, boolean rescale, CounterRandom random, long rowElements)
        implements TileOp {

    public RowDropout {
        if (!(density - epsilon > 0 && density + epsilon < 1)) {
            throw new IllegalArgumentException("density " + density + " and epsilon " + epsilon + " leave (0, 1)");
        }
    }

    /** How many elements can be ranked exactly with a table of that size. */
    public static int mostSorted(int tableEntries) {
        return RowRanks.mostSorted(tableEntries);
    }

    @Override
    public boolean hasLargeLoops() {
        return true;
    }

    @Override
    public Scope scope() {
        return Scope.ROW;
    }

    @Override
    public boolean ready() {
        return false;
    }

    @Override
    public Survey survey(Extent extent, int maxTableEntries) {
        return new RowRanks(this, extent, maxTableEntries);
    }

    @Override
    public TileOp measured(Survey survey) {
        return ((RowRanks) survey).conclusion();
    }

    @Override
    public OptionalDouble requestedDensity() {
        return OptionalDouble.of(density);
    }

    /** What is read of a row is read again to merge it. */
    @Override
    public int sweeps(boolean valuesRepeat, long elements, int maxTableEntries) {
        return 1;
    }

    /** The probability to keep an entry, as {@link CounterRandom#keep48} has it, given how many of its row are smaller. */
    long keep48(double smaller) {
        double place = rowElements == 1 ? 0.5 : smaller / (rowElements - 1);
        return CounterRandom.keep48(density - epsilon + 2 * epsilon * place);
    }

    /** The same in place of the ranks of a row. */
    void keep48(long[] ranks, int from, Kernels kernels) {
        if (rowElements == 1) {
            ranks[from] = keep48(0);
        } else {
            int to = from + (int) rowElements;
            kernels.keepByRank(ranks, from, to, density - epsilon, 2 * epsilon, rowElements - 1.0);
        }
    }

    @Override
    public void apply(Strip strip, Strip base, Kernels kernels) {
        throw new IllegalStateException("the ranks are not known yet");
    }

    @Override
    public String label() {
        return "row dropout";
    }
}
