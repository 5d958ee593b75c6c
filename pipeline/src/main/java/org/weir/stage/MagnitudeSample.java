package org.weir.stage;

import java.util.Arrays;
import org.weir.simd.Kernels;

/**
 * Looks at a few short runs of an extent and guesses where the k-th largest magnitude lies, so that counting can look at a
 * narrow bracket. A wrong guess costs another reading, never a wrong threshold.
 *
 * <p>One run in each of equally large parts, at a place that differs from part to part, so that rows of the tensor do not
 * line up with it:
 *
 * <pre>
 *   |----[run]-----------|-----------[run]----|--[run]-------------| ...
 * </pre>
 */
public final class MagnitudeSample implements Survey {

    private static final int RUN = 64;
    private static final int MAX_RUNS = 64;
    /** How far around the guess the bracket reaches, in standard deviations of the rank in the sample. */
    private static final double DEVIATIONS = 5;

    private static final int MAGNITUDE_BITS = 0x7fffffff;

    private final TrimSearch search;
    private final Extent extent;
    private final int runs;
    private final long partElements;
    private long[] seen = {};
    private int seenFrom;

    MagnitudeSample(TrimSearch search, Extent extent, int maxTableEntries) {
        this.search = search;
        this.extent = extent;
        this.runs = Math.min(MAX_RUNS, maxTableEntries / RUN);
        long span = extent.blocks() == 1 ? extent.elements() : (long) extent.blocks() * Strip.BLOCK_ELEMENTS;
        this.partElements = span / runs;
    }

    /** One entry per element: its magnitude's bits plus 1, or 0 where a part of the extent has none. */
    @Override
    public int tableEntries() {
        return runs * RUN;
    }

    @Override
    public int runLength() {
        return RUN;
    }

    @Override
    public boolean readsAll() {
        return false;
    }

    @Override
    public int next(int block, int offset) {
        long start = start(block);
        long from = start + offset;
        long part = from / partElements;
        if (place(part) < from) {
            part++;
        }
        // what is left after the last whole part has no run
        return part < runs ? (int) Math.min(place(part) - start, Strip.BLOCK_ELEMENTS) : Strip.BLOCK_ELEMENTS;
    }

    @Override
    public void accept(Strip strip, Strip base, long[] table, int tableFrom, Kernels kernels) {
        long run = (start(strip.block()) + strip.offsetInBlock()) / partElements;
        int at = tableFrom + (int) run * RUN;
        for (int i = 0; i < strip.length(); i++) {
            table[at + i] = 1L + (Float.floatToRawIntBits(strip.values()[i]) & MAGNITUDE_BITS);
        }
    }

    @Override
    public void absorb(long[] table, int tableFrom) {
        if (seen.length == 0) {
            seen = table;
            seenFrom = tableFrom;
            return;
        }
        for (int i = 0; i < tableEntries(); i++) {
            seen[seenFrom + i] |= table[tableFrom + i]; // each run was seen by one worker
        }
    }

    /** The trim, with a bracket that its threshold very likely lies in. */
    TileOp conclusion() {
        int[] magnitudes = new int[tableEntries()];
        int n = 0;
        for (int i = seenFrom; i < Math.min(seen.length, seenFrom + tableEntries()); i++) {
            if (seen[i] > 0) {
                magnitudes[n++] = (int) (seen[i] - 1);
            }
        }
        if (n == 0) {
            return search;
        }
        Arrays.sort(magnitudes, 0, n);
        double share = (double) search.rank() / extent.elements();
        double margin = DEVIATIONS * Math.sqrt(share * (1 - share) / n) + 1.0 / n;
        int guess = magnitudes[Math.clamp((long) ((1 - share) * n), 0, n - 1)];
        int lo = share + margin >= 1 ? 0 : magnitudes[(int) ((1 - share - margin) * n)];
        int hi =
                share - margin <= 0 ? Integer.MAX_VALUE : magnitudes[Math.min(n - 1, (int) ((1 - share + margin) * n))];
        return search.within(lo, hi, guess);
    }

    private long start(int block) {
        return (long) (block - extent.firstBlock()) * Strip.BLOCK_ELEMENTS;
    }

    /** Where the run of a part begins, counted from the start of the extent. */
    private long place(long part) {
        long scattered = (part * 0x9E3779B97F4A7C15L) >>> 33;
        return part * partElements + scattered % (partElements - RUN);
    }

    @Override
    public String label() {
        return "sample";
    }
}
