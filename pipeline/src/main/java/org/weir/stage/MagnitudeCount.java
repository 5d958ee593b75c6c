package org.weir.stage;

import org.weir.simd.Kernels;

/**
 * Counts how many magnitudes fall where, so that the k-th largest is found without sorting.
 *
 * <p>The bits of a non-negative float order like an integer. A reading cuts the bracket in which the threshold must lie
 * into equal bins of 2^shift patterns; walking the bins from the top, the one in which the count reaches k is the next
 * bracket, until it holds a single pattern:
 *
 * <pre>
 *   bits   0 ............ lo [ bin 0 | bin 1 | bin 2 | ... ] hi ............ 0x7fffffff
 *   count                      19      44      8                  above: 3
 *   k = 10                            ▲ 3 + 8 ≥ 10 ? yes: bin 2 is the next bracket
 * </pre>
 *
 * With 65,536 bins two readings are exact for any data; with fewer (many experts share one table) it takes another. A
 * bracket of one pattern is also counted per block, which tells where the last of the equals to keep is.
 */
public final class MagnitudeCount implements Survey {

    private final TrimSearch search;
    private final Extent extent;
    private final int shift;
    private final int bins;
    private final int[] equalPerBlock;
    private long[] counts = {};
    private int countsFrom;

    MagnitudeCount(TrimSearch search, Extent extent, int maxTableEntries) {
        this.search = search;
        this.extent = extent;
        // Clearing and walking a table must not cost more than reading a small tensor.
        int wanted = Math.clamp(extent.elements() / 16, 1024, maxTableEntries) - 1;
        int span = search.hiBits() - search.loBits();
        this.shift = Math.max(0, 32 - Integer.numberOfLeadingZeros(span) - log2(wanted));
        this.bins = (span >>> shift) + 1;
        this.equalPerBlock = new int[span == 0 ? extent.blocks() : 0];
    }

    private static int log2(int n) {
        return 31 - Integer.numberOfLeadingZeros(n);
    }

    /** The bins, and one more for what lies above the bracket. */
    @Override
    public int tableEntries() {
        return bins + 1;
    }

    @Override
    public boolean wants(int block) {
        return true;
    }

    @Override
    public void accept(Strip strip, Strip base, long[] table, int tableFrom, Kernels kernels) {
        long equalBefore = table[tableFrom];
        table[tableFrom + bins] += kernels.countMagnitudes(
                strip.values(), strip.length(), search.loBits(), search.hiBits(), shift, table, tableFrom);
        if (equalPerBlock.length > 0) {
            equalPerBlock[strip.block() - extent.firstBlock()] += (int) (table[tableFrom] - equalBefore);
        }
    }

    /** The first worker's table serves as the sum: a copy would be as large again. */
    @Override
    public void absorb(long[] table, int tableFrom) {
        if (counts.length == 0) {
            counts = table;
            countsFrom = tableFrom;
            return;
        }
        for (int i = 0; i <= bins; i++) {
            counts[countsFrom + i] += table[tableFrom + i];
        }
    }

    /** The trim, nearer to its threshold or there. */
    TileOp conclusion() {
        long above = counts[countsFrom + bins];
        int bin = bins - 1;
        while (above + counts[countsFrom + bin] < search.rank()) {
            above += counts[countsFrom + bin--];
        }
        int lo = search.loBits() + (bin << shift);
        if (shift > 0) {
            return search.within(lo, Math.min(search.hiBits(), lo + (1 << shift) - 1));
        }
        long equal = counts[countsFrom + bin];
        long equalKept = search.rank() - above;
        if (search.keepTies() || equalKept == equal || lo == 0) {
            return TrimAt.keepingTies(lo); // zeros need no ranking: kept or not, they stay zero
        }
        return equalPerBlock.length == 0 ? search.within(lo, lo) : lastKept(lo, equalKept);
    }

    private TileOp lastKept(int bits, long equalKept) {
        int block = 0;
        long left = equalKept;
        while (left > equalPerBlock[block]) {
            left -= equalPerBlock[block++];
        }
        return new TrimTies(bits, extent.firstBlock() + block, (int) left, search.scope());
    }

    @Override
    public String label() {
        return "threshold";
    }
}
