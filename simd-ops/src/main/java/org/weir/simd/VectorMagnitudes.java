package org.weir.simd;

import static jdk.incubator.vector.VectorOperators.ABS;
import static jdk.incubator.vector.VectorOperators.F2D;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.NE;
import static org.weir.simd.Species.DOUBLES;
import static org.weir.simd.Species.FLOATS;
import static org.weir.simd.Species.HALF_FLOATS;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/** What looks at magnitudes, in vectors: cutting, counting and adding them. Magnitude bits are drawn at {@link Kernels#trim}. */
final class VectorMagnitudes {

    /** Lane i of a vector rotated by one of these is lane i + 1, 2 or 4. */
    private static final VectorShuffle<Double> BY_1 = VectorShuffle.iota(DOUBLES, 1, 1, true);

    private static final VectorShuffle<Double> BY_2 = VectorShuffle.iota(DOUBLES, 2, 1, true);
    private static final VectorShuffle<Double> BY_4 = VectorShuffle.iota(DOUBLES, 4, 1, true);

    private VectorMagnitudes() {}

    static void trim(float[] x, int from, int to, int thresholdBits, boolean keepEqual) {
        int largestCut = keepEqual ? thresholdBits - 1 : thresholdBits;
        int i = from;
        for (; i <= to - FLOATS.length(); i += FLOATS.length()) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, i);
            VectorMask<Integer> cut = v.reinterpretAsInts().and(0x7fffffff).compare(LE, largestCut);
            v.blend(0, cut.cast(FLOATS)).intoArray(x, i);
        }
        ScalarKernels.trimRange(x, i, to, thresholdBits, keepEqual);
    }

    static int countMagnitudes(float[] x, int n, int loBits, int hiBits, int shift, int[] bins, int binsFrom) {
        int above = 0;
        int i = 0;
        for (; i < FLOATS.loopBound(n); i += FLOATS.length()) {
            IntVector magnitudes =
                    FloatVector.fromArray(FLOATS, x, i).reinterpretAsInts().and(0x7fffffff);
            VectorMask<Integer> over = magnitudes.compare(GT, hiBits);
            above += over.trueCount();
            long inside = magnitudes.compare(GE, loBits).andNot(over).toLong();
            for (; inside != 0; inside &= inside - 1) {
                int magnitude = ScalarKernels.magnitudeBits(x[i + Long.numberOfTrailingZeros(inside)]);
                bins[binsFrom + ((magnitude - loBits) >>> shift)]++;
            }
        }
        return above + ScalarKernels.countMagnitudes(x, i, n, loBits, hiBits, shift, bins, binsFrom);
    }

    static double sumMagnitudes(float[] x, int n) {
        double sum = sumOfLanes(x, n, 0, 16);
        return Double.isNaN(sum) ? Double.NaN : sum;
    }

    /** The tree above two vectors' worth of the 16 lanes; at 512 bits that is all of it. */
    private static double sumOfLanes(float[] x, int n, int firstLane, int lanes) {
        if (lanes > 2 * DOUBLES.length()) {
            int half = lanes / 2;
            return sumOfLanes(x, n, firstLane, half) + sumOfLanes(x, n, firstLane + half, half);
        }
        DoubleVector a = DoubleVector.zero(DOUBLES);
        DoubleVector b = DoubleVector.zero(DOUBLES);
        int i = firstLane;
        for (; i <= n - 2 * DOUBLES.length(); i += 16) {
            a = a.add(FloatVector.fromArray(HALF_FLOATS, x, i)
                    .convertShape(F2D, DOUBLES, 0)
                    .lanewise(ABS));
            b = b.add(FloatVector.fromArray(HALF_FLOATS, x, i + DOUBLES.length())
                    .convertShape(F2D, DOUBLES, 0)
                    .lanewise(ABS));
        }
        // The last elements, at most one for each lane; the lanes without one add +0.0, which changes no bit.
        a = a.add(FloatVector.fromArray(HALF_FLOATS, x, i, HALF_FLOATS.indexInRange(i, n))
                .convertShape(F2D, DOUBLES, 0)
                .lanewise(ABS));
        i += DOUBLES.length();
        b = b.add(FloatVector.fromArray(HALF_FLOATS, x, i, HALF_FLOATS.indexInRange(i, n))
                .convertShape(F2D, DOUBLES, 0)
                .lanewise(ABS));
        // Neighbours first: lane 0 becomes 0+1, then (0+1)+(2+3), then those four and the next four.
        a = a.add(a.rearrange(BY_1));
        b = b.add(b.rearrange(BY_1));
        if (DOUBLES.length() > 2) {
            a = a.add(a.rearrange(BY_2));
            b = b.add(b.rearrange(BY_2));
        }
        if (DOUBLES.length() > 4) {
            a = a.add(a.rearrange(BY_4));
            b = b.add(b.rearrange(BY_4));
        }
        return a.lane(0) + b.lane(0);
    }

    static long countNonZero(float[] x, int n) {
        long count = 0;
        int i = 0;
        for (; i < FLOATS.loopBound(n); i += FLOATS.length()) {
            count += FloatVector.fromArray(FLOATS, x, i).compare(NE, 0).trueCount();
        }
        return count + ScalarKernels.countNonZero(x, i, n);
    }

    static long countNonFinite(float[] x, int n) {
        long count = 0;
        int i = 0;
        for (; i < FLOATS.loopBound(n); i += FLOATS.length()) {
            IntVector bits = FloatVector.fromArray(FLOATS, x, i).reinterpretAsInts();
            count += bits.and(0x7fffffff).compare(GE, 0x7f800000).trueCount();
        }
        return count + ScalarKernels.countNonFinite(x, i, n);
    }
}
