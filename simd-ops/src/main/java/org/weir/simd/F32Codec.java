package org.weir.simd;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** F32: a copy of bits, both ways. */
public final class F32Codec implements Codec {

    private static final ValueLayout.OfFloat F32 = JAVA_FLOAT_UNALIGNED.withOrder(LITTLE_ENDIAN);

    private static final FiniteScan FINITE = FiniteScan.of(4, 0x7f800000L);

    @Override
    public int bytesPerElement() {
        return 4;
    }

    @Override
    public void widen(MemorySegment from, long offsetBytes, float[] to, int n) {
        MemorySegment.copy(from, F32, offsetBytes, to, 0, n);
    }

    @Override
    public void narrow(float[] from, int n, MemorySegment to, long offsetBytes) {
        MemorySegment.copy(from, 0, to, F32, offsetBytes, n);
    }

    @Override
    public boolean allFinite(MemorySegment from, long offsetBytes, int n) {
        return FINITE.allFinite(from, offsetBytes, 4L * n);
    }
}
