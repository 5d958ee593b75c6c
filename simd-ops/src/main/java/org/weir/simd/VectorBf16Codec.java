package org.weir.simd;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2S;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_S2I;
import static org.weir.simd.AllMemory.MEMORY;
import static org.weir.simd.Species.FLOATS;
import static org.weir.simd.Species.INTS;
import static org.weir.simd.Species.SHORTS;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/** The twin of {@link ScalarBf16Codec}; the bits are drawn there. */
final class VectorBf16Codec implements Codec {

    @Override
    public int bytesPerElement() {
        return 2;
    }

    @Override
    public void widen(MemorySegment from, long offsetBytes, float[] to, int n) {
        long address = AllMemory.address(from, offsetBytes, 2L * n);
        int i = 0;
        for (; i < FLOATS.loopBound(n); i += FLOATS.length()) {
            ((IntVector) ShortVector.fromMemorySegment(SHORTS, MEMORY, address + 2L * i, LITTLE_ENDIAN)
                            .convertShape(ZERO_EXTEND_S2I, INTS, 0))
                    .lanewise(LSHL, 16)
                    .reinterpretAsFloats()
                    .intoArray(to, i);
        }
        ScalarBf16Codec.widen(from, offsetBytes, to, i, n);
    }

    @Override
    public void narrow(float[] from, int n, MemorySegment to, long offsetBytes) {
        if (to.isReadOnly()) {
            throw new IllegalArgumentException("memory that is only read, expected some to write to");
        }
        long address = AllMemory.address(to, offsetBytes, 2L * n);
        int i = 0;
        for (; i < FLOATS.loopBound(n); i += FLOATS.length()) {
            IntVector bits = FloatVector.fromArray(FLOATS, from, i).reinterpretAsInts();
            IntVector rounded = bits.add(0x7fff).add(bits.lanewise(LSHR, 16).and(1));
            IntVector quiet = bits.or(0x400000);
            rounded.blend(quiet, bits.and(0x7fffffff).compare(GT, 0x7f800000))
                    .lanewise(LSHR, 16)
                    .convertShape(I2S, SHORTS, 0)
                    .intoMemorySegment(MEMORY, address + 2L * i, LITTLE_ENDIAN);
        }
        ScalarBf16Codec.narrow(from, i, n, to, offsetBytes);
    }

    @Override
    public boolean allFinite(MemorySegment from, long offsetBytes, int n) {
        return VectorFiniteScan.allFinite(ScalarBf16Codec.FINITE, from, offsetBytes, 2L * n);
    }
}
