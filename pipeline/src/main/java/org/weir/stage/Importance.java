package org.weir.stage;

import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.weir.simd.Kernels;

/**
 * Arcee Fusion's choice: an expert's difference to the base where it matters, zero elsewhere. What a change matters is |δ|
 * times the divergence of its row's softmax from the base's; it matters enough from the median + 1.5 times the
 * interquartile range on.
 *
 * @param elements of the tensor
 * @param rowElements how long a row is
 * @param sums what softmax divides by, when it is known
 */
public record Importance(long elements, long rowElements, Optional<Survey> sums) implements TileOp {

    private static final int QUARTILE_SHARE = 3;

    /** Nothing known yet. */
    public static Importance of(long elements, long rowElements) {
        return new Importance(elements, rowElements, Optional.empty());
    }

    @Override
    public boolean hasLargeLoops() {
        return true;
    }

    @Override
    public boolean ready() {
        return false;
    }

    @Override
    public Survey survey(Extent extent, int maxTableEntries) {
        return sums.map(survey -> (Survey) ((SoftmaxSums) survey).divergences())
                .orElseGet(() -> new SoftmaxSums(extent, rowElements));
    }

    @Override
    public TileOp measured(Survey survey) {
        return survey instanceof Divergences divergences
                ? new ImportanceSearch(rowElements, divergences.found(), quartiles(elements))
                : new Importance(elements, rowElements, Optional.of(survey));
    }

    /** The sorted importances at ⌊(n−1)·q/4⌋; ranks are counted from the largest. */
    private static List<TileOp> quartiles(long elements) {
        return LongStream.rangeClosed(1, QUARTILE_SHARE)
                .<TileOp>mapToObj(quarter -> new TrimTo(elements - (elements - 1) * quarter / 4, true, Scope.TENSOR))
                .toList();
    }

    @Override
    public int sweeps(boolean valuesRepeat, long ofElements, int maxTableEntries) {
        return 2 + quartiles(ofElements).getFirst().sweeps(false, ofElements, maxTableEntries / QUARTILE_SHARE);
    }

    /** Two sums, then a divergence, then a threshold for each row. */
    @Override
    public long surveyBytes(long ofElements) {
        return ofElements == 0 ? 0 : ofElements / rowElements * (3 * Double.BYTES + Float.BYTES + Integer.BYTES);
    }

    @Override
    public void apply(Strip strip, Strip base, Kernels kernels) {
        throw new IllegalStateException("the importances are not known yet");
    }

    @Override
    public String label() {
        return "importance";
    }
}
