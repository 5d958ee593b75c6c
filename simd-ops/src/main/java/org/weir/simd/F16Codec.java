package org.weir.simd;

import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * F16 (IEEE half). Plain loops: the JIT compiles these conversions to vector instructions by itself.
 *
 * <p>A NaN keeps its sign and the upper bits of its payload and becomes quiet. That is what the instructions do which the
 * interpreter and both compilers use; on a CPU without them the JDK's own conversion may choose another payload.
 */
public final class F16Codec implements Codec {

    private static final ValueLayout.OfShort F16 = JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);

    private static final FiniteScan FINITE = FiniteScan.of(2, 0x7c00);

    @Override
    public int bytesPerElement() {
        return 2;
    }

    @Override
    public void widen(MemorySegment from, long offsetBytes, float[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = Float.float16ToFloat(from.get(F16, offsetBytes + 2L * i));
        }
    }

    @Override
    public void narrow(float[] from, int n, MemorySegment to, long offsetBytes) {
        for (int i = 0; i < n; i++) {
            to.set(F16, offsetBytes + 2L * i, Float.floatToFloat16(from[i]));
        }
    }

    @Override
    public boolean allFinite(MemorySegment from, long offsetBytes, int n) {
        return FINITE.allFinite(from, offsetBytes, 2L * n);
    }
}
