package org.weir.simd;

import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.XOR;
import static org.weir.simd.CounterRandom.MULTIPLY_1;
import static org.weir.simd.CounterRandom.MULTIPLY_2;
import static org.weir.simd.CounterRandom.MULTIPLY_3;
import static org.weir.simd.Species.FLOATS;
import static org.weir.simd.Species.INTS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * {@link Kernels#dropout} in vectors. One vector of hashes serves two vectors of elements; with four lanes:
 *
 * <pre>
 *   hashes of pairs     [  p   |  p+1 |  p+2 |  p+3 ]
 *   LOWER_PAIRS         [  p   |  p   |  p+1 |  p+1 ]    elements 2p .. 2p+3
 *   UPPER_PAIRS         [  p+2 |  p+2 |  p+3 |  p+3 ]    elements 2p+4 .. 2p+7
 *   HALF_SHIFTS         [  0   |  16  |  0   |  16  ]    an even element takes the lower half
 * </pre>
 */
final class VectorDropout {

    private static final int LANES = INTS.length();

    static final IntVector IOTA = IntVector.zero(INTS).addIndex(1);
    static final IntVector HALF_SHIFTS = IOTA.and(1).mul(16);
    static final VectorShuffle<Integer> LOWER_PAIRS = VectorShuffle.fromOp(INTS, lane -> lane / 2);
    static final VectorShuffle<Integer> UPPER_PAIRS = VectorShuffle.fromOp(INTS, lane -> (LANES + lane) / 2);

    private VectorDropout() {}

    /** Cuts the strip where the key of the hash changes, so that the loop below has one key. */
    static void dropout(float[] x, int n, CounterRandom stream, long firstElement, long keep48) {
        int from = 0;
        while (from < n) {
            long element = firstElement + from;
            int to = (int) Math.min(n, from + CounterRandom.elementsToNextKey(element));
            dropoutUnderOneKey(x, from, to, stream, firstElement, keep48);
            from = to;
        }
    }

    private static void dropoutUnderOneKey(
            float[] x, int from, int to, CounterRandom stream, long firstElement, long keep48) {
        int i = from + (int) ((firstElement + from) & 1); // vectors begin with the even element of a pair
        ScalarKernels.dropout(x, from, i, stream, firstElement, keep48);
        long key = stream.pairKeyAt(firstElement + from);
        int xored = (int) key;
        int added = (int) (key >>> 32);
        int upper = (int) (keep48 >>> 32);
        for (; i <= to - 2 * LANES; i += 2 * LANES) {
            IntVector h = IOTA.add((int) ((firstElement + i) >>> 1)).lanewise(XOR, xored);
            h = h.lanewise(XOR, h.lanewise(LSHR, 17)).mul(MULTIPLY_1).add(added);
            h = h.lanewise(XOR, h.lanewise(LSHR, 11)).mul(MULTIPLY_2);
            h = h.lanewise(XOR, h.lanewise(LSHR, 15)).mul(MULTIPLY_3);
            h = h.lanewise(XOR, h.lanewise(LSHR, 14));
            IntVector a = h.rearrange(LOWER_PAIRS).lanewise(LSHR, HALF_SHIFTS).and(0xffff);
            IntVector b = h.rearrange(UPPER_PAIRS).lanewise(LSHR, HALF_SHIFTS).and(0xffff);
            FloatVector.fromArray(FLOATS, x, i)
                    .blend(0, a.compare(GT, upper).cast(FLOATS))
                    .intoArray(x, i);
            FloatVector.fromArray(FLOATS, x, i + LANES)
                    .blend(0, b.compare(GT, upper).cast(FLOATS))
                    .intoArray(x, i + LANES);
            long ties = a.compare(EQ, upper).toLong() | b.compare(EQ, upper).toLong() << LANES;
            for (; ties != 0; ties &= ties - 1) { // one element in 65,536
                int tied = i + Long.numberOfTrailingZeros(ties);
                ScalarKernels.dropout(x, tied, tied + 1, stream, firstElement, keep48);
            }
        }
        ScalarKernels.dropout(x, i, to, stream, firstElement, keep48);
    }
}
