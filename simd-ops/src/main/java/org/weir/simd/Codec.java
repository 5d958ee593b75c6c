package org.weir.simd;

import java.lang.foreign.MemorySegment;

/**
 * Turns little-endian elements of one dtype into floats and back. Offsets are in bytes and may be odd: a safetensors
 * header aligns nothing. A strip is read from, or written to, the start of its array. Stored elements lie outside of the
 * Java heap.
 *
 * <p>Widening is exact but for F64, which rounds to nearest even; narrowing rounds to nearest even. A NaN stays a NaN of
 * the same sign and never becomes an infinity.
 *
 * <p>Out of bounds of the segment or the array is an {@link IndexOutOfBoundsException}, possibly after a part was written.
 */
public sealed interface Codec permits F16Codec, F32Codec, F64Codec, ScalarBf16Codec, VectorBf16Codec {

    /** Width of one stored element. */
    int bytesPerElement();

    /** Reads {@code n} elements at {@code offsetBytes} into {@code to[0..n)}. */
    void widen(MemorySegment from, long offsetBytes, float[] to, int n);

    /** Writes {@code from[0..n)} as {@code n} elements at {@code offsetBytes}. */
    void narrow(float[] from, int n, MemorySegment to, long offsetBytes);

    /** Whether all of {@code n} stored elements widen to finite floats: a scan of their bits, without widening. */
    boolean allFinite(MemorySegment from, long offsetBytes, int n);
}
