package org.weir.stage;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.LongStream;
import org.weir.simd.Bf16Fusion;
import org.weir.simd.Kernels;

/**
 * Model Breadcrumbs' mask (Davari and Belilovsky, arXiv:2312.06795): zeroes the entries of largest magnitude, and those of
 * smallest. Of equal ones at either cut the first count as larger.
 *
 * <pre>
 *   ranks by magnitude   | largest ... : outliers, zeroed | kept | ... smallest: zeroed |
 *                        |&lt;---------- what the trim keeps ---------&gt;|
 * </pre>
 *
 * @param cuts first what zeroes the smallest, then what would keep the outliers; what would change nothing is not there
 * @param outliers whether there are any
 * @param density the share that is kept
 */
public record Band(List<TileOp> cuts, boolean outliers, double density) implements TileOp {

    public Band {
        cuts = List.copyOf(cuts);
    }

    /**
     * What keeps that many entries, nothing if that is all.
     *
     * @param elements how many there are
     * @param kept how many of them to keep, at least 1
     * @param largest how many of the largest to zero; fewer where all others are kept
     */
    public static Optional<TileOp> of(long elements, long kept, long largest) {
        long outliers = Math.min(largest, elements - kept);
        List<TileOp> cuts = LongStream.of(kept + outliers, outliers)
                .filter(rank -> rank > 0 && rank < elements)
                .<TileOp>mapToObj(rank -> new TrimTo(rank, false, Scope.TENSOR))
                .toList();
        return cuts.isEmpty() ? Optional.empty() : Optional.of(new Band(cuts, outliers > 0, (double) kept / elements));
    }

    @Override
    public boolean ready() {
        return cuts.stream().allMatch(TileOp::ready);
    }

    @Override
    public Survey survey(Extent extent, int maxTableEntries) {
        return SideBySide.of(cuts, extent, maxTableEntries);
    }

    @Override
    public Band measured(Survey survey) {
        return new Band(((SideBySide) survey).measured(cuts), outliers, density);
    }

    @Override
    public int sweeps(boolean valuesRepeat, long elements, int maxTableEntries) {
        return cuts.getFirst().sweeps(valuesRepeat, elements, maxTableEntries / cuts.size());
    }

    @Override
    public OptionalDouble requestedDensity() {
        return OptionalDouble.of(density);
    }

    @Override
    public void apply(Strip strip, Strip base, Kernels kernels) {
        if (cuts.size() > 1 || !outliers) {
            cuts.getFirst().apply(strip, base, kernels);
        }
        if (outliers) {
            ((TrimAt) cuts.getLast()).applyToOthers(strip, kernels);
        }
    }

    @Override
    public boolean fuse(Bf16Fusion fusion, int expert, int block, int from, int to) {
        return !outliers && cuts.getFirst().fuse(fusion, expert, block, from, to);
    }

    @Override
    public String label() {
        return "band";
    }
}
