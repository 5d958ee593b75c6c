package org.weir.simd;

import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * BF16 in plain loops: the definition.
 *
 * <pre>
 *   31 30      23 22     16 15            0
 *  [s | exponent | fraction | lower 16 bits ]   f32
 *  [s | exponent | fraction ]                   bf16: the upper half of an f32
 * </pre>
 *
 * Widening appends 16 zeros. Narrowing adds just under half a unit of the last place kept, 0x7fff, and one more if that
 * place is odd, so that the carry rounds to nearest, ties to even; a carry out of the fraction steps the exponent, up to Inf.
 * A NaN is cut and made quiet instead: the carry could turn it into Inf or, past the sign, into zero.
 */
final class ScalarBf16Codec implements Codec {

    private static final ValueLayout.OfShort BF16 = JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);

    static final FiniteScan FINITE = FiniteScan.of(2, 0x7f80);

    @Override
    public int bytesPerElement() {
        return 2;
    }

    @Override
    public void widen(MemorySegment from, long offsetBytes, float[] to, int n) {
        widen(from, offsetBytes, to, 0, n);
    }

    /** {@code offsetBytes} is the place of element 0, whatever {@code first} is. */
    static void widen(MemorySegment from, long offsetBytes, float[] to, int first, int end) {
        for (int i = first; i < end; i++) {
            to[i] = Float.intBitsToFloat(from.get(BF16, offsetBytes + 2L * i) << 16);
        }
    }

    @Override
    public void narrow(float[] from, int n, MemorySegment to, long offsetBytes) {
        narrow(from, 0, n, to, offsetBytes);
    }

    /** {@code offsetBytes} is the place of element 0, whatever {@code first} is. */
    static void narrow(float[] from, int first, int end, MemorySegment to, long offsetBytes) {
        for (int i = first; i < end; i++) {
            int bits = Float.floatToRawIntBits(from[i]);
            int rounded = bits + 0x7fff + ((bits >>> 16) & 1);
            int quiet = bits | 0x400000;
            boolean nan = (bits & 0x7fffffff) > 0x7f800000;
            to.set(BF16, offsetBytes + 2L * i, (short) ((nan ? quiet : rounded) >>> 16));
        }
    }

    @Override
    public boolean allFinite(MemorySegment from, long offsetBytes, int n) {
        return FINITE.allFinite(from, offsetBytes, 2L * n);
    }
}
