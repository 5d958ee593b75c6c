package org.weir.simd;

import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.XOR;
import static org.weir.simd.CounterRandom.MULTIPLY_1;
import static org.weir.simd.CounterRandom.MULTIPLY_2;
import static org.weir.simd.CounterRandom.MULTIPLY_3;
import static org.weir.simd.ScalarRounding.INFINITY;
import static org.weir.simd.ScalarRounding.SMALLEST_NORMAL_F16;
import static org.weir.simd.Species.FLOATS;
import static org.weir.simd.Species.INTS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/** {@link Kernels#roundToBf16} and {@link Kernels#roundToF16} in vectors: one hash per lane. */
final class VectorRounding {

    private static final int LANES = INTS.length();
    private static final IntVector IOTA = IntVector.zero(INTS).addIndex(1);
    private static final int MAGNITUDE = 0x7fffffff;
    private static final int SIGN = 0x80000000;

    private VectorRounding() {}

    /** Cuts the strip where the key of the hash changes, so that the loops below have one key. */
    static void toBf16(float[] x, int n, CounterRandom stream, long firstElement) {
        int to = (int) Math.min(n, CounterRandom.elementsToNextElementKey(firstElement));
        toBf16UnderOneKey(x, 0, to, stream, firstElement);
        toBf16UnderOneKey(x, to, n, stream, firstElement);
    }

    private static void toBf16UnderOneKey(float[] x, int from, int to, CounterRandom stream, long firstElement) {
        long key = stream.elementKeyAt(firstElement + from);
        int xored = (int) key;
        int added = (int) (key >>> 32);
        int i = from;
        for (; i <= to - LANES; i += LANES) {
            IntVector h = IOTA.add((int) (firstElement + i)).lanewise(XOR, xored);
            h = h.lanewise(XOR, h.lanewise(LSHR, 17)).mul(MULTIPLY_1).add(added);
            h = h.lanewise(XOR, h.lanewise(LSHR, 11)).mul(MULTIPLY_2);
            h = h.lanewise(XOR, h.lanewise(LSHR, 15)).mul(MULTIPLY_3);
            h = h.lanewise(XOR, h.lanewise(LSHR, 14));
            IntVector bits = FloatVector.fromArray(FLOATS, x, i).reinterpretAsInts();
            VectorMask<Integer> nan = bits.and(MAGNITUDE).compare(GT, INFINITY);
            bits.add(h.lanewise(LSHR, 16))
                    .and(0xffff0000)
                    .blend(bits, nan)
                    .reinterpretAsFloats()
                    .intoArray(x, i);
        }
        ScalarRounding.roundToBf16(x, i, to, stream, firstElement);
    }

    static void toF16(float[] x, int n, CounterRandom stream, long firstElement) {
        int to = (int) Math.min(n, CounterRandom.elementsToNextElementKey(firstElement));
        toF16UnderOneKey(x, 0, to, stream, firstElement);
        toF16UnderOneKey(x, to, n, stream, firstElement);
    }

    private static void toF16UnderOneKey(float[] x, int from, int to, CounterRandom stream, long firstElement) {
        long key = stream.elementKeyAt(firstElement + from);
        int xored = (int) key;
        int added = (int) (key >>> 32);
        int i = from;
        for (; i <= to - LANES; i += LANES) {
            IntVector h = IOTA.add((int) (firstElement + i)).lanewise(XOR, xored);
            h = h.lanewise(XOR, h.lanewise(LSHR, 17)).mul(MULTIPLY_1).add(added);
            h = h.lanewise(XOR, h.lanewise(LSHR, 11)).mul(MULTIPLY_2);
            h = h.lanewise(XOR, h.lanewise(LSHR, 15)).mul(MULTIPLY_3);
            h = h.lanewise(XOR, h.lanewise(LSHR, 14));
            IntVector bits = FloatVector.fromArray(FLOATS, x, i).reinterpretAsInts();
            IntVector magnitude = bits.and(MAGNITUDE);
            IntVector normal = magnitude.add(h.lanewise(LSHR, 19)).and(0xffffe000);
            IntVector exponent = magnitude.lanewise(LSHR, 23).max(1);
            IntVector significand = magnitude.sub(exponent.sub(1).mul(1 << 23));
            IntVector dropped = exponent.neg().add(126).max(1); // of normal ones too, which are not used
            IntVector beyond = dropped.sub(31).max(0).min(31);
            IntVector shift = dropped.min(31);
            IntVector units = significand
                    .lanewise(LSHR, beyond)
                    .add(h.lanewise(LSHR, shift.neg().add(32)))
                    .lanewise(LSHR, shift);
            IntVector subnormal =
                    ((FloatVector) units.convert(I2F, 0)).mul(0x1p-24f).reinterpretAsInts();
            VectorMask<Integer> asNormal = magnitude.compare(GE, SMALLEST_NORMAL_F16);
            VectorMask<Integer> number = magnitude.compare(LE, INFINITY);
            bits.blend(subnormal.blend(normal, asNormal).or(bits.and(SIGN)), number)
                    .reinterpretAsFloats()
                    .intoArray(x, i);
        }
        ScalarRounding.roundToF16(x, i, to, stream, firstElement);
    }
}
