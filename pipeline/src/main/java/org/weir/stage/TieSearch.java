package org.weir.stage;

import java.lang.foreign.MemorySegment;
import org.weir.simd.Bf16Fusion;
import org.weir.simd.Kernels;

/** Finds the place of the m-th entry of one block that equals the threshold. */
public final class TieSearch implements Survey {

    private static final int EQUAL = 1;
    private static final int MAGNITUDE_BITS = 0x7fffffff;

    private final TrimTies ties;
    private int left;
    private int end;

    TieSearch(TrimTies ties) {
        this.ties = ties;
        this.left = ties.keptInBlock();
    }

    /** Those of a count in which the threshold is all the bracket there is. */
    @Override
    public int tableEntries() {
        return 3;
    }

    @Override
    public int next(int block, int offset) {
        return block == ties.block() ? offset : Strip.BLOCK_ELEMENTS;
    }

    @Override
    public boolean readsAll() {
        return false;
    }

    @Override
    public void accept(Strip strip, Strip base, long[] table, int tableFrom, Kernels kernels) {
        if (left == 0) {
            return;
        }
        int bits = ties.thresholdBits();
        long before = table[tableFrom + EQUAL];
        kernels.countMagnitudes(strip.values(), strip.length(), bits, bits, 0, bits, table, tableFrom);
        int equal = (int) (table[tableFrom + EQUAL] - before);
        if (equal < left) {
            left -= equal;
        } else {
            end = strip.offsetInBlock() + placeOfLast(strip.values()) + 1;
            left = 0;
        }
    }

    private int placeOfLast(float[] values) {
        int i = -1;
        for (int found = 0; found < left; ) {
            found += (Float.floatToRawIntBits(values[++i]) & MAGNITUDE_BITS) == ties.thresholdBits() ? 1 : 0;
        }
        return i;
    }

    /** Counts like a strip, but leaves the elements among which the last one is to strips. */
    @Override
    public boolean acceptBf16Deltas(
            MemorySegment base, MemorySegment expert, long first, int n, int block, long[] table, int tableFrom) {
        if (left == 0) {
            return true;
        }
        int bits = ties.thresholdBits();
        long before = table[tableFrom + EQUAL];
        Bf16Fusion.countDeltas(base, expert, first, n, bits, bits, 0, bits, table, tableFrom);
        int equal = (int) (table[tableFrom + EQUAL] - before);
        if (equal >= left) {
            return false;
        }
        left -= equal;
        return true;
    }

    @Override
    public void absorb(long[] table, int tableFrom) {}

    /** Index within the block after the last equal entry to keep. */
    int end() {
        return end;
    }

    @Override
    public String label() {
        return "ties at the threshold";
    }
}
