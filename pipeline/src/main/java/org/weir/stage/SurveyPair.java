package org.weir.stage;

import java.lang.foreign.MemorySegment;
import org.weir.simd.Kernels;

/** Two surveys of the same deltas in one reading, which want strips of the same length. */
final class SurveyPair implements Survey {

    private final Survey first;
    private final Survey second;
    /** Entries of the table that each has. */
    private final int share;

    SurveyPair(Survey first, Survey second, int share) {
        if (first.runLength() != second.runLength()) {
            throw new IllegalArgumentException("runs of " + first.runLength() + " and " + second.runLength());
        }
        this.first = first;
        this.second = second;
        this.share = share;
    }

    Survey first() {
        return first;
    }

    Survey second() {
        return second;
    }

    @Override
    public int tableEntries() {
        return share + second.tableEntries();
    }

    @Override
    public int next(int block, int offset) {
        return Math.min(first.next(block, offset), second.next(block, offset));
    }

    @Override
    public int runLength() {
        return first.runLength();
    }

    @Override
    public boolean readsAll() {
        return first.readsAll() || second.readsAll();
    }

    @Override
    public void accept(Strip strip, Strip base, long[] table, int tableFrom, Kernels kernels) {
        if (wants(first, strip)) {
            first.accept(strip, base, table, tableFrom, kernels);
        }
        if (wants(second, strip)) {
            second.accept(strip, base, table, tableFrom + share, kernels);
        }
    }

    private static boolean wants(Survey survey, Strip strip) {
        return survey.next(strip.block(), strip.offsetInBlock()) == strip.offsetInBlock();
    }

    /** Only where neither could refuse after the other has taken its part. */
    @Override
    public boolean acceptBf16Deltas(
            MemorySegment base, MemorySegment expert, long from, int n, int block, long[] table, int tableFrom) {
        return first instanceof MagnitudeCount one
                && second instanceof MagnitudeCount other
                && one.guesses()
                && other.guesses()
                && first.acceptBf16Deltas(base, expert, from, n, block, table, tableFrom)
                && second.acceptBf16Deltas(base, expert, from, n, block, table, tableFrom + share);
    }

    @Override
    public void absorb(long[] table, int tableFrom) {
        first.absorb(table, tableFrom);
        second.absorb(table, tableFrom + share);
    }

    @Override
    public String label() {
        return first.label();
    }
}
