package org.weir.bench;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The sum of bytes taken as little-endian longs, zeros after the end: the cheapest thing that needs every byte. Sums of
 * parts that begin at multiples of 8 add up to the sum of the whole, in any order.
 */
final class Sum {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);

    private Sum() {}

    static long of(MemorySegment bytes) {
        long sum0 = 0;
        long sum1 = 0;
        long sum2 = 0;
        long sum3 = 0;
        long end = bytes.byteSize();
        long at = 0;
        for (; at <= end - 32; at += 32) {
            sum0 += bytes.get(WORD, at);
            sum1 += bytes.get(WORD, at + 8);
            sum2 += bytes.get(WORD, at + 16);
            sum3 += bytes.get(WORD, at + 24);
        }
        for (int i = 0; at + i < end; i++) {
            sum0 += (bytes.get(ValueLayout.JAVA_BYTE, at + i) & 0xffL) << (i % 8 * 8);
        }
        return sum0 + sum1 + sum2 + sum3;
    }
}
