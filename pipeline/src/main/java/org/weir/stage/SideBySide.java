package org.weir.stage;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.weir.simd.Kernels;

/** Several surveys of the same deltas in one reading, which want strips of the same length. */
final class SideBySide implements Survey {

    private final List<Survey> surveys;
    /** Entries of the table that each has. */
    private final int share;

    private SideBySide(List<Survey> surveys, int share) {
        if (surveys.stream().mapToInt(Survey::runLength).distinct().count() > 1) {
            throw new IllegalArgumentException("runs of different lengths");
        }
        this.surveys = surveys;
        this.share = share;
    }

    /** What these operations wait for, those that do. */
    static SideBySide of(List<TileOp> operations, Extent extent, int maxTableEntries) {
        List<TileOp> waiting = waiting(operations.stream()).toList();
        int share = maxTableEntries / waiting.size();
        return new SideBySide(
                waiting.stream().map(each -> each.survey(extent, share)).toList(), share);
    }

    private static Stream<TileOp> waiting(Stream<TileOp> operations) {
        return operations.filter(each -> !each.ready());
    }

    /** The same operations with what their surveys have found. */
    List<TileOp> measured(List<TileOp> operations) {
        List<TileOp> waiting = waiting(operations.stream()).toList();
        Function<TileOp, TileOp> next = each -> each.measured(surveys.get(waiting.indexOf(each)));
        return operations.stream()
                .map(each -> each.ready() ? each : next.apply(each))
                .toList();
    }

    @Override
    public int tableEntries() {
        return (surveys.size() - 1) * share + surveys.getLast().tableEntries();
    }

    @Override
    public int next(int block, int offset) {
        return surveys.stream()
                .mapToInt(survey -> survey.next(block, offset))
                .min()
                .orElse(Strip.BLOCK_ELEMENTS);
    }

    @Override
    public int runLength() {
        return surveys.getFirst().runLength();
    }

    @Override
    public boolean readsAll() {
        return surveys.stream().anyMatch(Survey::readsAll);
    }

    @Override
    public void accept(Strip strip, Strip base, long[] table, int tableFrom, Kernels kernels) {
        for (int i = 0; i < surveys.size(); i++) {
            Survey survey = surveys.get(i);
            if (survey.next(strip.block(), strip.offsetInBlock()) == strip.offsetInBlock()) {
                survey.accept(strip, base, table, tableFrom + i * share, kernels);
            }
        }
    }

    /** Only where none could refuse after another has taken its part. */
    @Override
    public boolean acceptBf16Deltas(
            MemorySegment base, MemorySegment expert, long first, int n, int block, long[] table, int tableFrom) {
        for (Survey survey : surveys) {
            if (!(survey instanceof MagnitudeCount count && count.guesses())) {
                return false;
            }
        }
        for (int i = 0; i < surveys.size(); i++) {
            surveys.get(i).acceptBf16Deltas(base, expert, first, n, block, table, tableFrom + i * share);
        }
        return true;
    }

    @Override
    public void absorb(long[] table, int tableFrom) {
        for (int i = 0; i < surveys.size(); i++) {
            surveys.get(i).absorb(table, tableFrom + i * share);
        }
    }

    @Override
    public String label() {
        return surveys.getFirst().label();
    }
}
