package org.weir.stage;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
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
 * @param trim zeroes the smallest, if any are
 * @param outliers would keep the outliers, if there are any
 */
public record Band(Optional<TileOp> trim, Optional<TileOp> outliers) implements TileOp {

    /**
     * What keeps that many entries, nothing if that is all.
     *
     * @param elements how many there are
     * @param kept how many of them to keep, at least 1
     * @param largest how many of the largest to zero; fewer where all others are kept
     */
    public static Optional<Band> of(long elements, long kept, long largest) {
        long outliers = Math.min(largest, elements - kept);
        Band band = new Band(
                Optional.of(kept + outliers).filter(rank -> rank < elements).map(Band::largest),
                Optional.of(outliers).filter(rank -> rank > 0).map(Band::largest));
        return band.parts().findAny().map(_ -> band);
    }

    private static TileOp largest(long rank) {
        return new TrimTo(rank, false, Scope.TENSOR);
    }

    private Stream<TileOp> parts() {
        return Stream.concat(trim.stream(), outliers.stream());
    }

    @Override
    public boolean ready() {
        return parts().allMatch(TileOp::ready);
    }

    @Override
    public Survey survey(Extent extent, int maxTableEntries) {
        List<TileOp> waiting = parts().filter(part -> !part.ready()).toList();
        int share = maxTableEntries / waiting.size();
        List<Survey> surveys =
                waiting.stream().map(part -> part.survey(extent, share)).toList();
        return surveys.size() == 1 ? surveys.getFirst() : new SurveyPair(surveys.getFirst(), surveys.getLast(), share);
    }

    @Override
    public Band measured(Survey survey) {
        if (survey instanceof SurveyPair pair) {
            return new Band(
                    trim.map(part -> part.measured(pair.first())), outliers.map(part -> part.measured(pair.second())));
        }
        return trim.isPresent() && !trim.get().ready()
                ? new Band(trim.map(part -> part.measured(survey)), outliers)
                : new Band(trim, outliers.map(part -> part.measured(survey)));
    }

    @Override
    public int sweeps(boolean valuesRepeat, long elements, int maxTableEntries) {
        int share = maxTableEntries / (int) parts().count();
        return parts().mapToInt(part -> part.sweeps(valuesRepeat, elements, share))
                .max()
                .orElse(0);
    }

    @Override
    public void apply(Strip strip, Strip base, Kernels kernels) {
        trim.ifPresent(part -> part.apply(strip, base, kernels));
        outliers.ifPresent(part -> ((TrimAt) part).applyToOthers(strip, kernels));
    }

    @Override
    public boolean fuse(Bf16Fusion fusion, int expert, int block, int from, int to) {
        return outliers.isEmpty() && trim.orElseThrow().fuse(fusion, expert, block, from, to);
    }

    @Override
    public String label() {
        return "band";
    }
}
