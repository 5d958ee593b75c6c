package org.weir.stage;

import java.util.Arrays;

/**
 * Ranks the magnitudes of a row: deals their entries out by one digit after the other, the lowest first, each time in the
 * order of the time before. A row in which all share some bits, as multiples of a power of two do, has shorter digits. Where
 * that would be more counters than elements, entries are sorted by comparing them.
 *
 * <pre>
 *   entry      [ magnitude bits | place in the row ]      {@link org.weir.simd.Kernels#rankEntries}
 *   counters   [ first digit, front half | first digit, back half | second digit | third digit, if there is one ]
 * </pre>
 *
 * Each digit has its own method and loop, though they are alike: a loop that could do all takes at least a quarter longer.
 */
final class RowOrder {

    private static final int MAGNITUDE_BITS = 0x7fffffff;
    private static final long MAGNITUDES = (long) MAGNITUDE_BITS << Integer.SIZE;

    private static final int TWO_DIGITS_BITS = 20;
    /** For two digits of ten bits, or three of eleven, and the first of them twice. */
    static final int COUNTERS = 4 << 11;

    private final long[] table;
    private final int entries;
    private final int row;
    private final int ranks;
    private final int counters;

    private RowOrder(long[] table, int entries, int row, int ranks, int counters) {
        this.table = table;
        this.entries = entries;
        this.row = row;
        this.ranks = ranks;
        this.counters = counters;
    }

    /**
     * Has the rank of each element in its place. Of equal magnitudes the first rank higher.
     *
     * @param entries where the row's are, in its order; they are overwritten
     * @param row how many they are
     * @param ranks where to put the ranks
     * @param counters where there is room for {@link #COUNTERS}, or a negative number
     */
    static void rank(long[] table, int entries, int row, int ranks, int counters) {
        new RowOrder(table, entries, row, ranks, counters).rank();
    }

    private void rank() {
        long differing = differing();
        int low = Math.min(Long.numberOfTrailingZeros(differing), Long.SIZE - 2);
        int bits = Long.SIZE - Long.numberOfLeadingZeros(differing) - low;
        int digits = bits <= TWO_DIGITS_BITS ? 2 : 3;
        int digitBits = Math.max(1, Math.ceilDiv(bits, digits));
        if (counters < 0 || (long) digits << digitBits > 4L * row) {
            sort();
        } else {
            deal(low, digits, digitBits);
        }
    }

    /** The magnitudes' bits that are not the same in all. */
    private long differing() {
        long first = table[entries];
        long differing = 0;
        for (int i = entries; i < entries + row; i++) {
            differing |= table[i] ^ first;
        }
        return differing & MAGNITUDES;
    }

    private void sort() {
        for (int i = entries; i < entries + row; i++) {
            table[i] ^= MAGNITUDE_BITS; // of equals the last comes first
        }
        Arrays.sort(table, entries, entries + row);
        for (int rank = 0; rank < row; rank++) {
            table[ranks + (MAGNITUDE_BITS ^ (int) table[entries + rank])] = rank;
        }
    }

    private void deal(int low, int digits, int digitBits) {
        int values = 1 << digitBits;
        int second = counters + 2 * values;
        int third = second + values;
        Arrays.fill(table, counters, second + (digits - 1) * values, 0);
        countTwo(low, low + digitBits, values);
        dealFirst(low, values);
        if (digits == 2) {
            System.arraycopy(table, ranks, table, entries, row);
            dealLast(low + digitBits, second, values - 1);
        } else {
            dealSecond(low + digitBits, second, values - 1);
            count(low + 2 * digitBits, third, values);
            dealLast(low + 2 * digitBits, third, values - 1);
        }
    }

    /**
     * Counts the first two digits. The halves of the row have counters of their own for the first, and take turns: many
     * entries in a row share a digit, and a counter is added to only once its last sum is stored.
     */
    private void countTwo(int shift, int nextShift, int values) {
        long[] t = table;
        int mask = values - 1;
        int front = counters;
        int back = front + values;
        int second = back + values;
        int half = row / 2;
        int middle = entries + half;
        for (int i = entries; i < middle; i++) {
            long entry = t[i];
            long other = t[half + i];
            t[front + ((int) (entry >>> shift) & mask)]++;
            t[back + ((int) (other >>> shift) & mask)]++;
            t[second + ((int) (entry >>> nextShift) & mask)]++;
            t[second + ((int) (other >>> nextShift) & mask)]++;
        }
        for (int i = middle + half; i < entries + row; i++) {
            t[back + ((int) (t[i] >>> shift) & mask)]++;
            t[second + ((int) (t[i] >>> nextShift) & mask)]++;
        }
        long before = 0;
        for (int i = back; i < second; i++) {
            long count = t[i];
            t[i] = before;
            before += count;
            count = t[i - values];
            t[i - values] = before;
            before += count;
        }
        sum(second, values);
    }

    private void count(int shift, int digit, int values) {
        long[] t = table;
        int mask = values - 1;
        for (int i = entries; i < entries + row; i++) {
            t[digit + ((int) (t[i] >>> shift) & mask)]++;
        }
        sum(digit, values);
    }

    /** Has in each counter how many entries come before those that it counted. */
    private void sum(int digit, int values) {
        long before = 0;
        for (int i = digit; i < digit + values; i++) {
            long count = table[i];
            table[i] = before;
            before += count;
        }
    }

    /** From the last entry on, so that of equals the last comes first; to where ranks will be. */
    private void dealFirst(int shift, int values) {
        long[] t = table;
        int mask = values - 1;
        int front = counters;
        int back = front + values;
        int half = row / 2;
        int middle = entries + half;
        for (int i = entries + row - 1; i >= middle + half; i--) {
            t[ranks + (int) t[back + ((int) (t[i] >>> shift) & mask)]++] = t[i];
        }
        for (int i = middle - 1; i >= entries; i--) {
            long entry = t[i];
            long other = t[half + i];
            int rank = (int) t[front + ((int) (entry >>> shift) & mask)]++;
            int otherRank = (int) t[back + ((int) (other >>> shift) & mask)]++;
            t[ranks + rank] = entry;
            t[ranks + otherRank] = other;
        }
    }

    /** Back to where entries are. */
    private void dealSecond(int shift, int digit, int mask) {
        long[] t = table;
        for (int i = ranks; i < ranks + row; i++) {
            long entry = t[i];
            t[entries + (int) t[digit + ((int) (entry >>> shift) & mask)]++] = entry;
        }
    }

    /** In place of the entries themselves their ranks, to where their elements are. */
    private void dealLast(int shift, int digit, int mask) {
        long[] t = table;
        for (int i = entries; i < entries + row; i++) {
            long entry = t[i];
            t[ranks + (int) entry] = t[digit + ((int) (entry >>> shift) & mask)]++;
        }
    }
}
