package org.weir.simd;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Whether stored elements are all finite, eight bytes at a time: of a word with four bf16 elements,
 *
 * <pre>
 *   word &amp; magnitudes        [0|magnitude][0|magnitude][0|magnitude][0|magnitude]     signs away
 *     + steps               [0| 0x0080  ][0| 0x0080  ][0| 0x0080  ][0| 0x0080  ]     0x8000 − 0x7f80
 *                            ▲            ▲            ▲            ▲
 *                            set where a magnitude is Inf's, 0x7f80, or more: Inf or NaN; never a carry beyond
 * </pre>
 *
 * @param signs the sign bits of all elements of a word
 * @param steps in each element what the smallest magnitude that is not finite lacks to its sign bit
 */
record FiniteScan(long signs, long steps) {

    private static final ValueLayout.OfLong WORD = JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);

    /**
     * The scan for a format.
     *
     * @param bytes width of an element: 2, 4 or 8
     * @param notFinite the smallest magnitude, as bits, that is no finite float
     */
    static FiniteScan of(int bytes, long notFinite) {
        long sign = 1L << (Byte.SIZE * bytes - 1);
        long signs = 0;
        long steps = 0;
        for (int at = 0; at < Long.SIZE; at += Byte.SIZE * bytes) {
            signs |= sign << at;
            steps |= (sign - notFinite) << at;
        }
        return new FiniteScan(signs, steps);
    }

    /** Plain loops: the definition. */
    boolean allFinite(MemorySegment from, long offsetBytes, long lengthBytes) {
        return allFinite(from, offsetBytes, 0, lengthBytes);
    }

    /** From the byte {@code done} on. */
    boolean allFinite(MemorySegment from, long offsetBytes, long done, long lengthBytes) {
        long found = 0;
        long at = done;
        for (; at <= lengthBytes - Long.BYTES; at += Long.BYTES) {
            found |= (from.get(WORD, offsetBytes + at) & ~signs) + steps;
        }
        long rest = 0;
        for (int shift = 0; at < lengthBytes; at++, shift += Byte.SIZE) {
            rest |= (from.get(ValueLayout.JAVA_BYTE, offsetBytes + at) & 0xffL) << shift;
        }
        return ((found | ((rest & ~signs) + steps)) & signs) == 0;
    }
}
