package org.weir.bench;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Elements of a format in memory, one at a time. */
final class StoredBits {
    private static final ValueLayout.OfShort SHORT = JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);

    private StoredBits() {}

    static void set(MemorySegment to, StoredFormat format, long index, long bits) {
        switch (format.bytes()) {
            case 2 -> to.setAtIndex(SHORT, index, (short) bits);
            case 4 -> to.setAtIndex(INT, index, (int) bits);
            default -> to.setAtIndex(LONG, index, bits);
        }
    }

    static long get(MemorySegment from, StoredFormat format, long index) {
        return switch (format.bytes()) {
            case 2 -> from.getAtIndex(SHORT, index) & 0xffffL;
            case 4 -> from.getAtIndex(INT, index) & 0xffffffffL;
            default -> from.getAtIndex(LONG, index);
        };
    }
}
