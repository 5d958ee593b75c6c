package org.weir.simd;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** F64: the one dtype that loses bits on the way in (rounded to f32, as all arithmetic is) and none on the way out. */
public final class F64Codec implements Codec {

    private static final ValueLayout.OfDouble F64 = JAVA_DOUBLE_UNALIGNED.withOrder(LITTLE_ENDIAN);

    /** From halfway between the largest float and the next power of two on, rounding gives Inf. */
    private static final FiniteScan FINITE = FiniteScan.of(8, Double.doubleToRawLongBits(0x1.ffffffp127));

    @Override
    public int bytesPerElement() {
        return 8;
    }

    @Override
    public void widen(MemorySegment from, long offsetBytes, float[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = (float) from.get(F64, offsetBytes + 8L * i);
        }
    }

    @Override
    public void narrow(float[] from, int n, MemorySegment to, long offsetBytes) {
        for (int i = 0; i < n; i++) {
            to.set(F64, offsetBytes + 8L * i, from[i]);
        }
    }

    @Override
    public boolean allFinite(MemorySegment from, long offsetBytes, int n) {
        return FINITE.allFinite(from, offsetBytes, 8L * n);
    }
}
