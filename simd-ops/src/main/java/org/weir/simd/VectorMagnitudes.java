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

/** What looks at magnitudes, in vectors: cutting, counting and adding them. Magnitude bits are drawn at {@link Kernels#trim}. */
final class VectorMagnitudes {

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

    /**
     * The lowest bin is counted in registers: it holds the zeros of a delta or, in a bracket of one value, its ties, and
     * adding to one place of memory again and again waits for each store. The other bins are reached by the bits of a
     * mask or, in the lanes of a vector of which most go there, one after the other without asking.
     */
    static int countMagnitudes(float[] x, int n, int loBits, int hiBits, int shift, long[] bins, int binsFrom) {
        int lowestEnd = (int) Math.min(hiBits, loBits + (1L << shift) - 1);
        int lowest = 0;
        int above = 0;
        int i = 0;
        for (; i < FLOATS.loopBound(n); i += FLOATS.length()) {
            IntVector magnitudes =
                    FloatVector.fromArray(FLOATS, x, i).reinterpretAsInts().and(0x7fffffff);
            VectorMask<Integer> over = magnitudes.compare(GT, hiBits);
            above += over.trueCount();
            VectorMask<Integer> higher = magnitudes.compare(GT, lowestEnd);
            int inLowest = magnitudes.compare(GE, loBits).andNot(higher).trueCount();
            long inOthers = higher.andNot(over).toLong();
            if (Long.bitCount(inOthers) > FLOATS.length() / 2
                    && Long.bitCount(inOthers) + inLowest == FLOATS.length()) {
                for (int j = i; j < i + FLOATS.length(); j++) {
                    bins[binsFrom + ((ScalarKernels.magnitudeBits(x[j]) - loBits) >>> shift)]++;
                }
                continue;
            }
            lowest += inLowest;
            for (; inOthers != 0; inOthers &= inOthers - 1) {
                int magnitude = ScalarKernels.magnitudeBits(x[i + Long.numberOfTrailingZeros(inOthers)]);
                bins[binsFrom + ((magnitude - loBits) >>> shift)]++;
            }
        }
        bins[binsFrom] += lowest;
        return above + ScalarKernels.countMagnitudes(x, i, n, loBits, hiBits, shift, bins, binsFrom);
    }

    static double sumMagnitudes(float[] x, int n) {
        int fullRows = n & -16;
        return ScalarKernels.sumRest(sumOfLanes(x, fullRows, 0, 16), x, fullRows, n);
    }

    /** The tree above two vectors' worth of the 16 lanes; at 512 bits that is all of it. */
    private static double sumOfLanes(float[] x, int end, int firstLane, int lanes) {
        if (lanes > 2 * DOUBLES.length()) {
            int half = lanes / 2;
            return sumOfLanes(x, end, firstLane, half) + sumOfLanes(x, end, firstLane + half, half);
        }
        DoubleVector a = DoubleVector.zero(DOUBLES);
        DoubleVector b = DoubleVector.zero(DOUBLES);
        for (int i = firstLane; i < end; i += 16) {
            a = a.add(FloatVector.fromArray(HALF_FLOATS, x, i).lanewise(ABS).convertShape(F2D, DOUBLES, 0));
            b = b.add(FloatVector.fromArray(HALF_FLOATS, x, i + DOUBLES.length())
                    .lanewise(ABS)
                    .convertShape(F2D, DOUBLES, 0));
        }
        double sumA = a.lane(0) + a.lane(1);
        double sumB = b.lane(0) + b.lane(1);
        if (DOUBLES.length() > 2) {
            sumA += a.lane(2) + a.lane(3);
            sumB += b.lane(2) + b.lane(3);
        }
        if (DOUBLES.length() > 4) {
            sumA += (a.lane(4) + a.lane(5)) + (a.lane(6) + a.lane(7));
            sumB += (b.lane(4) + b.lane(5)) + (b.lane(6) + b.lane(7));
        }
        return sumA + sumB;
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
