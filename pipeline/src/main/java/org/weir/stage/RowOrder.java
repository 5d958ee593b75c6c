package org.weir.stage;

import java.util.Arrays;

/**
 * Ranks the magnitudes of a row: deals their entries out by one digit after the other, the lowest first, each time in the
 * order of the time before. A row in which all share some bits, as multiples of a power of two do, has fewer digits. Where
 * that would be more counters than elements, entries are sorted by comparing them.
 *
 * <pre>
 *   entry   [ magnitude bits | place in the row, the last first ]
 * </pre>
 */
final class RowOrder {

    private static final int MAGNITUDE_BITS = 0x7fffffff;
    private static final long MAGNITUDES = (long) MAGNITUDE_BITS << Integer.SIZE;

    private static final int USUAL_DIGIT_BITS = 10;
    private static final int MOST_DIGITS = 3;
    /** For each half of the row one for each value of the largest digit, a third of 31 bits. */
    static final int COUNTERS = 1 << 12;

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

    /** What stands for an element while its row is ranked. */
    static long entry(float value, int place) {
        int magnitude = Float.floatToRawIntBits(value) & MAGNITUDE_BITS;
        return (long) magnitude << Integer.SIZE | (MAGNITUDE_BITS - place);
    }

    /**
     * Has the rank of each element in its place. Of equal magnitudes the first rank higher.
     *
     * @param entries where the row's are, the last first; they are overwritten
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
        int bits = Math.max(1, Long.SIZE - Long.numberOfLeadingZeros(differing) - low);
        int digits = Math.min(MOST_DIGITS, Math.ceilDiv(bits, USUAL_DIGIT_BITS));
        int digitBits = Math.ceilDiv(bits, digits);
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
        Arrays.sort(table, entries, entries + row);
        for (int rank = 0; rank < row; rank++) {
            table[ranks + place(table[entries + rank])] = rank;
        }
    }

    private static int place(long entry) {
        return MAGNITUDE_BITS - (int) entry;
    }

    private void deal(int low, int digits, int digitBits) {
        int mask = (1 << digitBits) - 1;
        for (int digit = 0; digit < digits; digit++) {
            int shift = low + digit * digitBits;
            countDigits(shift, mask);
            boolean last = digit + 1 == digits;
            deal(shift, mask, last);
            if (!last) {
                System.arraycopy(table, ranks, table, entries, row);
            }
        }
    }

    /**
     * Has in each counter how many entries come before those of its half with its digit. Halves take turns because many
     * entries in a row share a digit, and a counter is added to only once its last sum is stored.
     */
    private void countDigits(int shift, int mask) {
        long[] t = table;
        int others = counters + mask + 1;
        Arrays.fill(t, counters, others + mask + 1, 0);
        int half = row / 2;
        int middle = entries + half;
        for (int i = entries; i < middle; i++) {
            t[counters + ((int) (t[i] >>> shift) & mask)]++;
            t[others + ((int) (t[half + i] >>> shift) & mask)]++;
        }
        for (int i = middle + half; i < entries + row; i++) {
            t[others + ((int) (t[i] >>> shift) & mask)]++;
        }
        long before = 0;
        for (int i = counters; i < others; i++) {
            long count = t[i];
            t[i] = before;
            before += count;
            count = t[i + mask + 1];
            t[i + mask + 1] = before;
            before += count;
        }
    }

    /** Entries, or in the end the ranks of their elements. */
    private void deal(int shift, int mask, boolean last) {
        long[] t = table;
        int others = counters + mask + 1;
        int half = row / 2;
        int middle = entries + half;
        for (int i = entries; i < middle; i++) {
            long entry = t[i];
            long other = t[half + i];
            long rank = t[counters + ((int) (entry >>> shift) & mask)]++;
            long otherRank = t[others + ((int) (other >>> shift) & mask)]++;
            t[ranks + (last ? place(entry) : (int) rank)] = last ? rank : entry;
            t[ranks + (last ? place(other) : (int) otherRank)] = last ? otherRank : other;
        }
        for (int i = middle + half; i < entries + row; i++) {
            long rank = t[others + ((int) (t[i] >>> shift) & mask)]++;
            t[ranks + (last ? place(t[i]) : (int) rank)] = last ? rank : t[i];
        }
    }
}
