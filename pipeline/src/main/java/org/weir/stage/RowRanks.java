package org.weir.stage;

import org.weir.simd.Kernels;

/**
 * Ranks the magnitudes of whole rows, and has in the end a keep probability for each element. Each row is ranked as soon as
 * its end was seen. The table:
 *
 * <pre>
 *   keep48     [ of element 0 ][ of element 1 ] ...   of all rows
 *   entries    [ of element 0 ][ of element 1 ] ...   of the row at hand, for {@link RowOrder}
 *   counters   of that, where there is room
 * </pre>
 *
 * A row that is too long for that (half a million elements ÷ experts) is counted in bins of magnitudes instead, as many as
 * the table holds; magnitudes of one bin share the mean of their ranks.
 */
final class RowRanks implements Survey {

    private static final int MAGNITUDE_BITS = 0x7fffffff;
    private static final int NONE = -1;

    private final RowDropout dropout;
    /** How many are ranked one by one; 0 if they are counted. */
    private final int elements;

    private final int row;
    private final int counters;
    private final int bins;
    /** What makes a bin of magnitude bits. */
    private final int shift;

    private long start = -1;
    private long[] seen = {};
    private int seenFrom;

    RowRanks(RowDropout dropout, Extent extent, int maxTableEntries) {
        this.dropout = dropout;
        boolean ranked = extent.elements() <= mostSorted(maxTableEntries);
        this.elements = ranked ? (int) extent.elements() : 0;
        this.row = ranked ? (int) dropout.rowElements() : 0;
        this.counters = ranked && elements + row + RowOrder.COUNTERS <= maxTableEntries ? RowOrder.COUNTERS : 0;
        this.bins = ranked ? 0 : Integer.highestOneBit(maxTableEntries);
        this.shift = ranked ? 0 : Integer.SIZE - 1 - Integer.numberOfTrailingZeros(bins);
    }

    /** How many elements have room in a table with the entries of a row, be it one. */
    static int mostSorted(int tableEntries) {
        return tableEntries / 2;
    }

    @Override
    public int tableEntries() {
        return bins + elements + row + counters;
    }

    @Override
    public void accept(Strip strip, Strip base, long[] table, int tableFrom, Kernels kernels) {
        start = start < 0 ? strip.firstElement() : start;
        if (bins > 0) {
            count(strip, table, tableFrom);
            return;
        }
        for (int from = 0; from < strip.length(); ) {
            int to = RowSums.endOfRow(strip, from, row);
            int place = (int) ((strip.firstElement() + from) % row);
            kernels.rankEntries(strip.values(), from, to, table, tableFrom + elements + place, place);
            if (place + to - from == row) {
                rankRow(table, tableFrom, (int) (strip.firstElement() + to - start) - row, kernels);
            }
            from = to;
        }
    }

    private void count(Strip strip, long[] table, int tableFrom) {
        for (int i = 0; i < strip.length(); i++) {
            int magnitude = Float.floatToRawIntBits(strip.values()[i]) & MAGNITUDE_BITS;
            table[tableFrom + (magnitude >>> shift)]++;
        }
    }

    private void rankRow(long[] table, int tableFrom, int first, Kernels kernels) {
        int entries = tableFrom + elements;
        int keeps = tableFrom + first;
        RowOrder.rank(table, entries, row, keeps, counters > 0 ? entries + row : NONE);
        dropout.keep48(table, keeps, kernels);
    }

    @Override
    public void absorb(long[] table, int tableFrom) {
        seen = table;
        seenFrom = tableFrom;
    }

    TileOp conclusion() {
        if (bins > 0) {
            rankBins();
            return RowDropoutAt.byMagnitude(dropout, seen, seenFrom, shift);
        }
        return RowDropoutAt.byPlace(dropout, seen, seenFrom, start);
    }

    private void rankBins() {
        long smaller = 0;
        for (int i = seenFrom; i < seenFrom + bins; i++) {
            long inBin = seen[i];
            seen[i] = inBin == 0 ? 0 : dropout.keep48(smaller + (inBin - 1) / 2.0);
            smaller += inBin;
        }
    }

    @Override
    public String label() {
        return "row ranks";
    }
}
