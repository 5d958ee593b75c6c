package org.weir.stage;

import java.util.Arrays;
import org.weir.simd.Kernels;

/**
 * Ranks the magnitudes of whole rows, and has in the end a keep probability for each element. Two parts of the table:
 *
 * <pre>
 *   sorted   [ magnitude bits | place, the last first ] ...   one entry per element, each row sorted by itself
 *   keep48   [ of element 0 ][ of element 1 ] ...
 * </pre>
 *
 * A row that is too long for that (half a million elements ÷ experts) is counted in bins of magnitudes instead, as many as
 * the table holds; magnitudes of one bin share the mean of their ranks.
 */
final class RowRanks implements Survey {

    private static final int MAGNITUDE_BITS = 0x7fffffff;

    private final RowDropout dropout;
    /** How many are sorted; 0 if they are counted. */
    private final int elements;

    private final int bins;
    /** What makes a bin of magnitude bits. */
    private final int shift;

    private long start = -1;
    private long[] seen = {};
    private int seenFrom;

    RowRanks(RowDropout dropout, Extent extent, int maxTableEntries) {
        this.dropout = dropout;
        boolean sorted = extent.elements() <= mostSorted(maxTableEntries);
        this.elements = sorted ? (int) extent.elements() : 0;
        this.bins = sorted ? 0 : Integer.highestOneBit(maxTableEntries);
        this.shift = sorted ? 0 : Integer.SIZE - 1 - Integer.numberOfTrailingZeros(bins);
    }

    /** How many elements have room in a table with their probabilities. */
    static int mostSorted(int tableEntries) {
        return tableEntries / 2;
    }

    @Override
    public int tableEntries() {
        return bins + 2 * elements;
    }

    @Override
    public void accept(Strip strip, Strip base, long[] table, int tableFrom, Kernels kernels) {
        start = start < 0 ? strip.firstElement() : start;
        int first = (int) (strip.firstElement() - start);
        for (int i = 0; i < strip.length(); i++) {
            int magnitude = Float.floatToRawIntBits(strip.values()[i]) & MAGNITUDE_BITS;
            if (bins > 0) {
                table[tableFrom + (magnitude >>> shift)]++;
            } else {
                table[tableFrom + first + i] = (long) magnitude << Integer.SIZE | (MAGNITUDE_BITS - (first + i));
            }
        }
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
        int row = (int) dropout.rowElements();
        for (int from = seenFrom; from < seenFrom + elements; from += row) {
            rankRow(from, from + row);
        }
        return RowDropoutAt.byPlace(dropout, seen, seenFrom + elements, start);
    }

    private void rankRow(int from, int to) {
        Arrays.sort(seen, from, to);
        for (int i = from; i < to; i++) {
            int place = MAGNITUDE_BITS - (int) seen[i];
            seen[seenFrom + elements + place] = dropout.keep48(i - from);
        }
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
