package org.weir.stage;

import static org.weir.stage.TrimSearch.NO_GUESS;

import java.lang.foreign.MemorySegment;
import org.weir.simd.Bf16Fusion;
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
 * With 65,536 bins two readings are exact for any data; with fewer (many experts share one table) it takes another. One
 * magnitude, the guess, is counted per block besides. In 16-bit checkpoints, where deltas repeat, it tends to be the
 * threshold: then it is all that its bin holds, which ends the search, and its counts tell where the last of the equals to
 * keep is.
 */
public final class MagnitudeCount implements Survey {

    /** Where in the table the kernel counts what; the first entry is what lies above the bracket. */
    private static final int GUESSES = 1;

    private static final int FIRST_BIN = 2;

    private final TrimSearch search;
    private final Extent extent;
    private final int shift;
    private final int bins;
    private final int[] guessesPerBlock;
    private long[] counts = {};
    private int countsFrom;

    MagnitudeCount(TrimSearch search, Extent extent, int maxTableEntries) {
        this.search = search;
        this.extent = extent;
        // Clearing and walking a table must not cost more than reading a small tensor.
        int wanted = Math.clamp(extent.elements() / 16, 1024, maxTableEntries) - 2;
        int span = search.hiBits() - search.loBits();
        this.shift = Math.max(0, 32 - Integer.numberOfLeadingZeros(span) - log2(wanted));
        this.bins = (span >>> shift) + 1;
        this.guessesPerBlock = new int[search.guessBits() >= 0 ? extent.blocks() : 0];
    }

    private static int log2(int n) {
        return 31 - Integer.numberOfLeadingZeros(n);
    }

    /** The bins, one for what lies above the bracket, and one for the guess. */
    @Override
    public int tableEntries() {
        return FIRST_BIN + bins;
    }

    @Override
    public void accept(Strip strip, Strip base, long[] table, int tableFrom, Kernels kernels) {
        long guessesBefore = table[tableFrom + GUESSES];
        kernels.countMagnitudes(
                strip.values(),
                strip.length(),
                search.loBits(),
                search.hiBits(),
                shift,
                search.guessBits(),
                table,
                tableFrom);
        if (guessesPerBlock.length > 0) {
            guessesPerBlock[strip.block() - extent.firstBlock()] += (int) (table[tableFrom + GUESSES] - guessesBefore);
        }
    }

    /** In a bracket of all there is, nearly every element needs a counter of its own: strips do that as well. */
    @Override
    public boolean acceptBf16Deltas(
            MemorySegment base, MemorySegment expert, long first, int n, int block, long[] table, int tableFrom) {
        if (search.guessBits() < 0) {
            return false;
        }
        long guessesBefore = table[tableFrom + GUESSES];
        Bf16Fusion.countDeltas(
                base, expert, first, n, search.loBits(), search.hiBits(), shift, search.guessBits(), table, tableFrom);
        guessesPerBlock[block - extent.firstBlock()] += (int) (table[tableFrom + GUESSES] - guessesBefore);
        return true;
    }

    /** The first worker's table serves as the sum: a copy would be as large again. */
    @Override
    public void absorb(long[] table, int tableFrom) {
        if (counts.length == 0) {
            counts = table;
            countsFrom = tableFrom;
            return;
        }
        for (int i = 0; i < tableEntries(); i++) {
            counts[countsFrom + i] += table[tableFrom + i];
        }
    }

    /** The trim, nearer to its threshold or there. */
    TileOp conclusion() {
        long above = counts[countsFrom];
        if (above >= search.rank()) {
            return search.within(search.hiBits() + 1, Integer.MAX_VALUE, NO_GUESS); // the bracket was too low
        }
        int bin = bins - 1;
        while (bin >= 0 && above + counts[countsFrom + FIRST_BIN + bin] < search.rank()) {
            above += counts[countsFrom + FIRST_BIN + bin--];
        }
        if (bin < 0) {
            return search.within(0, search.loBits() - 1, NO_GUESS); // too high
        }
        int lo = search.loBits() + (bin << shift);
        int hi = Math.min(search.hiBits(), lo + (1 << shift) - 1);
        long inBin = counts[countsFrom + FIRST_BIN + bin];
        boolean guessed = lo <= search.guessBits() && search.guessBits() <= hi && inBin == counts[countsFrom + GUESSES];
        if (guessed) {
            return found(search.guessBits(), inBin, search.rank() - above);
        }
        return lo == hi ? found(lo, inBin, search.rank() - above) : search.within(lo, hi, lo);
    }

    private TileOp found(int bits, long equal, long equalKept) {
        if (search.keepTies() || equalKept == equal || bits == 0) {
            return TrimAt.keepingTies(bits); // zeros need no ranking: kept or not, they stay zero
        }
        if (bits != search.guessBits()) {
            return search.within(bits, bits, bits);
        }
        int block = 0;
        long left = equalKept;
        while (left > guessesPerBlock[block]) {
            left -= guessesPerBlock[block++];
        }
        return new TrimTies(bits, extent.firstBlock() + block, (int) left, search.scope());
    }

    @Override
    public String label() {
        return "threshold";
    }
}
