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
 * keep is. When the bracket has become so narrow that the table holds all its patterns for every block, all of them are
 * counted per block, and no guess is needed:
 *
 * <pre>
 *   table   [ block 0: above, -, lo ... hi ][ block 1: above, -, lo ... hi ] ...
 * </pre>
 */
public final class MagnitudeCount implements Survey {

    /** Where in the table the kernel counts what; the first entry is what lies above the bracket. */
    private static final int GUESSES = 1;

    private static final int FIRST_BIN = 2;

    private final TrimSearch search;
    private final Extent extent;
    private final int shift;
    private final int bins;
    /** One, or one for each block. */
    private final int parts;

    private final int[] guessesPerBlock;
    private long[] counts = {};
    private int countsFrom;

    MagnitudeCount(TrimSearch search, Extent extent, int maxTableEntries) {
        this.search = search;
        this.extent = extent;
        // Clearing and walking a table must not cost more than a few per cent of reading the tensor.
        int wanted = Math.clamp(extent.elements() / 256, Math.min(4096, maxTableEntries), maxTableEntries) - 2;
        int span = search.hiBits() - search.loBits();
        this.shift = shift(span, wanted);
        this.bins = (span >>> shift) + 1;
        long apart = (long) extent.blocks() * (FIRST_BIN + bins);
        this.parts = shift == 0 && apart <= maxTableEntries ? Math.max(1, extent.blocks()) : 1;
        this.guessesPerBlock = new int[parts == 1 && search.guessBits() >= 0 ? extent.blocks() : 0];
    }

    /** The smallest with which all patterns of the span have a bin. */
    private static int shift(int span, int bins) {
        int shift = 0;
        while (span >>> shift >= bins) {
            shift++;
        }
        return shift;
    }

    /** For each part the bins, one for what lies above the bracket, and one for the guess. */
    @Override
    public int tableEntries() {
        return parts * (FIRST_BIN + bins);
    }

    /** Where in the table the counts of a block begin. */
    private int partFrom(int block, int tableFrom) {
        return tableFrom + (parts == 1 ? 0 : (block - extent.firstBlock()) * (FIRST_BIN + bins));
    }

    /** What all parts counted in an entry of theirs. */
    private long counted(int entry) {
        long sum = 0;
        for (int part = 0; part < parts; part++) {
            sum += counts[countsFrom + part * (FIRST_BIN + bins) + entry];
        }
        return sum;
    }

    @Override
    public void accept(Strip strip, Strip base, long[] table, int tableFrom, Kernels kernels) {
        int from = partFrom(strip.block(), tableFrom);
        long guessesBefore = table[from + GUESSES];
        kernels.countMagnitudes(
                strip.values(),
                strip.length(),
                search.loBits(),
                search.hiBits(),
                shift,
                search.guessBits(),
                table,
                from);
        noteGuesses(strip.block(), table[from + GUESSES] - guessesBefore);
    }

    /** Whether there is a magnitude that may well be the threshold. */
    boolean guesses() {
        return search.guessBits() >= 0;
    }

    /** In a bracket of all there is, nearly every element needs a counter of its own: strips do that as well. */
    @Override
    public boolean acceptBf16Deltas(
            MemorySegment base, MemorySegment expert, long first, int n, int block, long[] table, int tableFrom) {
        if (!guesses()) {
            return false;
        }
        int from = partFrom(block, tableFrom);
        long guessesBefore = table[from + GUESSES];
        Bf16Fusion.countDeltas(
                base, expert, first, n, search.loBits(), search.hiBits(), shift, search.guessBits(), table, from);
        noteGuesses(block, table[from + GUESSES] - guessesBefore);
        return true;
    }

    private void noteGuesses(int block, long more) {
        if (guessesPerBlock.length > 0) {
            guessesPerBlock[block - extent.firstBlock()] += (int) more;
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
        for (int i = 0; i < tableEntries(); i++) {
            counts[countsFrom + i] += table[tableFrom + i];
        }
    }

    /** The trim, nearer to its threshold or there. */
    TileOp conclusion() {
        long above = counted(0);
        if (above >= search.rank()) {
            return search.within(search.hiBits() + 1, Integer.MAX_VALUE, NO_GUESS); // the bracket was too low
        }
        int bin = bins - 1;
        long inBin = counted(FIRST_BIN + bin);
        while (above + inBin < search.rank()) {
            if (--bin < 0) {
                return search.within(0, search.loBits() - 1, NO_GUESS); // too high
            }
            above += inBin;
            inBin = counted(FIRST_BIN + bin);
        }
        int lo = search.loBits() + (bin << shift);
        int hi = (int) Math.min(search.hiBits(), lo + (1L << shift) - 1);
        boolean guessed = lo <= search.guessBits() && search.guessBits() <= hi && inBin == counted(GUESSES);
        if (guessed) {
            return found(search.guessBits(), inBin, search.rank() - above);
        }
        return lo == hi ? found(lo, inBin, search.rank() - above) : search.within(lo, hi, lo);
    }

    private TileOp found(int bits, long equal, long equalKept) {
        if (search.keepTies() || equalKept == equal || bits == 0) {
            return TrimAt.keepingTies(bits); // zeros need no ranking: kept or not, they stay zero
        }
        boolean knownByBlock = parts == extent.blocks() || bits == search.guessBits();
        if (!knownByBlock) {
            return search.within(bits, bits, bits);
        }
        int block = 0;
        long left = equalKept;
        for (long in = inBlock(block, bits); left > in; in = inBlock(block, bits)) {
            left -= in;
            block++;
        }
        return new TrimTies(bits, extent.firstBlock() + block, (int) left, search.scope());
    }

    private long inBlock(int block, int bits) {
        return parts == extent.blocks()
                ? counts[countsFrom + block * (FIRST_BIN + bins) + FIRST_BIN + ((bits - search.loBits()) >>> shift)]
                : guessesPerBlock[block];
    }

    @Override
    public String label() {
        return "threshold";
    }
}
