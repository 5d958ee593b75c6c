package org.weir.stage;

import org.weir.simd.Kernels;

/**
 * Notes every magnitude of an extent that is small enough for the table, so that one reading finds the k-th largest of
 * them and the last of its equals to keep, whatever the data are.
 */
public final class MagnitudeList implements Survey {

    private static final int MAGNITUDE_BITS = 0x7fffffff;
    /** A magnitude's 31 bits are three digits, the first of 11 bits. */
    private static final int DIGIT_BITS = 10;

    private static final int TOP_SHIFT = 20;
    private static final int MAX_ELEMENTS = 1 << 14;

    private final TrimSearch search;
    private final Extent extent;
    private long[] seen = {};
    private int seenFrom;

    MagnitudeList(TrimSearch search, Extent extent) {
        this.search = search;
        this.extent = extent;
    }

    /** Few enough that going through the list again and again costs less than another reading. */
    static boolean fits(int blocks, long elements, int maxTableEntries) {
        return blocks <= 1 && elements <= Math.min(maxTableEntries, MAX_ELEMENTS);
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
        int bits = 0;
        long above = 0;
        long equal = extent.elements();
        for (int shift = TOP_SHIFT; shift >= 0; shift -= DIGIT_BITS) {
            int[] digits = digitsOf(bits, shift);
            int digit = digits.length - 1;
            while (above + digits[digit] < search.rank()) {
                above += digits[digit--];
            }
            bits |= digit << shift;
            equal = digits[digit];
        }
        long kept = search.rank() - above;
        if (search.keepTies() || bits == 0 || kept == equal) {
            return TrimAt.keepingTies(bits); // zeros need no ranking: kept or not, they stay zero
        }
        return new TrimAt(bits, extent.firstBlock(), placeOf(bits, kept) + 1);
    }

    /** How often each value of the digit at {@code shift} occurs among magnitudes that begin like {@code prefix}. */
    private int[] digitsOf(int prefix, int shift) {
        int[] digits = new int[shift == TOP_SHIFT ? 1 << (Integer.SIZE - 1 - TOP_SHIFT) : 1 << DIGIT_BITS];
        int rest = shift + DIGIT_BITS; // bits above the digit; past the top there are none
        for (int i = seenFrom; i < seenFrom + tableEntries(); i++) {
            int magnitude = (int) seen[i];
            if (shift == TOP_SHIFT || magnitude >>> rest == prefix >>> rest) {
                digits[(magnitude >>> shift) & (digits.length - 1)]++;
            }
        }
        return digits;
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
