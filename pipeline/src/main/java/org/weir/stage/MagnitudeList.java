package org.weir.stage;

import org.weir.simd.Kernels;

/**
 * Notes every magnitude of an extent that is small enough for the table, so that one reading finds the k-th largest of
 * them and the last of its equals to keep, whatever the data are.
 */
public final class MagnitudeList implements Survey {

    private static final int MAGNITUDE_BITS = 0x7fffffff;

    private final TrimSearch search;
    private final Extent extent;
    private long[] seen = {};
    private int seenFrom;

    MagnitudeList(TrimSearch search, Extent extent) {
        this.search = search;
        this.extent = extent;
    }

    /** One block at most, which one worker reads. */
    static boolean fits(int blocks, long elements, int maxTableEntries) {
        return blocks <= 1 && elements <= maxTableEntries;
    }

    /** One entry per element: its magnitude's bits. */
    @Override
    public int tableEntries() {
        return Math.toIntExact(extent.elements());
    }

    @Override
    public void accept(Strip strip, Strip base, long[] table, int tableFrom, Kernels kernels) {
        int at = tableFrom + strip.offsetInBlock();
        for (int i = 0; i < strip.length(); i++) {
            table[at + i] = Float.floatToRawIntBits(strip.values()[i]) & MAGNITUDE_BITS;
        }
    }

    @Override
    public void absorb(long[] table, int tableFrom) {
        seen = table;
        seenFrom = tableFrom;
    }

    /** The trim, knowing all it needs. */
    TileOp conclusion() {
        int lo = 0;
        int hi = Integer.MAX_VALUE;
        while (lo < hi) { // the largest pattern that enough magnitudes reach
            int mid = hi - (hi - lo) / 2;
            if (countFrom(mid) >= search.rank()) {
                lo = mid;
            } else {
                hi = mid - 1;
            }
        }
        if (search.keepTies() || lo == 0) {
            return TrimAt.keepingTies(lo); // zeros need no ranking: kept or not, they stay zero
        }
        long above = lo == Integer.MAX_VALUE ? 0 : countFrom(lo + 1);
        long kept = search.rank() - above;
        return kept == countFrom(lo) - above
                ? TrimAt.keepingTies(lo)
                : new TrimAt(lo, extent.firstBlock(), placeOf(lo, kept) + 1);
    }

    private long countFrom(int bits) {
        long[] magnitudes = seen;
        int end = seenFrom + tableEntries();
        int count = 0;
        for (int i = seenFrom; i < end; i++) {
            count += magnitudes[i] >= bits ? 1 : 0;
        }
        return count;
    }

    private int placeOf(int bits, long which) {
        int i = -1;
        for (long found = 0; found < which; ) {
            found += seen[seenFrom + ++i] == bits ? 1 : 0;
        }
        return i;
    }

    @Override
    public String label() {
        return "threshold";
    }
}
