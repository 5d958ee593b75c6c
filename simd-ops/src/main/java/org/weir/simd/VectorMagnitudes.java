package org.weir.simd;

import static jdk.incubator.vector.VectorOperators.ABS;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.F2D;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.NE;
import static org.weir.simd.Species.DOUBLES;
import static org.weir.simd.Species.FLOATS;
import static org.weir.simd.Species.HALF_FLOATS;
import static org.weir.simd.Species.INTS;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/** What looks at magnitudes, in vectors: cutting, counting and adding them. Magnitude bits are drawn at {@link Kernels#trim}. */
final class VectorMagnitudes {

    private static final IntVector ONE = IntVector.broadcast(INTS, 1);

    private VectorMagnitudes() {}

    static void trim(float[] x, int from, int to, int thresholdBits, boolean keepEqual) {
        int largestCut = keepEqual ? thresholdBits - 1 : thresholdBits;
        int i = from;
        for (; i <= to - FLOATS.length(); i += FLOATS.length()) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, i);
            VectorMask<Integer> cut = v.reinterpretAsInts().and(0x7fffffff).compare(LE, largestCut);
            v.blend(0, cut.cast(FLOATS)).intoArray(x, i);
        }
        ScalarMagnitudes.trim(x, i, to, thresholdBits, keepEqual);
    }

    /** Elements equal to the guess are counted in vectors; one by one only those are that lie elsewhere in the bracket. */
    static void countMagnitudes(
            float[] x, int n, int loBits, int hiBits, int shift, int guessBits, long[] counts, int from) {
        IntVector above = IntVector.zero(INTS);
        IntVector equal = IntVector.zero(INTS);
        int i = 0;
        int end = loBits == 0 && hiBits == Integer.MAX_VALUE ? 0 : FLOATS.loopBound(n); // all inside: no use
        for (; i < end; i += FLOATS.length()) {
            IntVector magnitudes =
                    FloatVector.fromArray(FLOATS, x, i).reinterpretAsInts().and(0x7fffffff);
            VectorMask<Integer> over = magnitudes.compare(GT, hiBits);
            VectorMask<Integer> guessed = magnitudes.compare(EQ, guessBits);
            above = above.lanewise(ADD, ONE, over);
            equal = equal.lanewise(ADD, ONE, guessed);
            VectorMask<Integer> inside = magnitudes.compare(GE, loBits).andNot(over.or(guessed));
            if (inside.anyTrue()) {
                for (long lanes = inside.toLong(); lanes != 0; lanes &= lanes - 1) {
                    int magnitude = ScalarMagnitudes.magnitudeBits(x[i + Long.numberOfTrailingZeros(lanes)]);
                    counts[from + 2 + ((magnitude - loBits) >>> shift)]++;
                }
            }
        }
        counts[from] += above.reduceLanes(ADD);
        ScalarMagnitudes.addGuesses(equal.reduceLanes(ADD), loBits, shift, guessBits, counts, from);
        ScalarMagnitudes.count(x, i, n, loBits, hiBits, shift, guessBits, counts, from);
    }

    static double sumMagnitudes(float[] x, int n) {
        int fullRows = n & -16;
        double sum = switch (DOUBLES.length()) {
            case 2 ->
                (sumOfLanes(x, fullRows, 0) + sumOfLanes(x, fullRows, 4))
                        + (sumOfLanes(x, fullRows, 8) + sumOfLanes(x, fullRows, 12));
            case 4 -> sumOfLanes(x, fullRows, 0) + sumOfLanes(x, fullRows, 8);
            default -> sumOfLanes(x, fullRows, 0);
        };
        return ScalarMagnitudes.sumRest(sum, x, fullRows, n);
    }

    /** Of two vectors' worth of the 16 lanes: at 512 bits that is all of them. */
    private static double sumOfLanes(float[] x, int end, int firstLane) {
        DoubleVector a = DoubleVector.zero(DOUBLES);
        DoubleVector b = DoubleVector.zero(DOUBLES);
        for (int i = firstLane; i < end; i += 16) {
            a = a.lanewise(
                    ADD, FloatVector.fromArray(HALF_FLOATS, x, i).lanewise(ABS).convertShape(F2D, DOUBLES, 0));
            b = b.lanewise(
                    ADD,
                    FloatVector.fromArray(HALF_FLOATS, x, i + DOUBLES.length())
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
        return count + ScalarMagnitudes.countNonZero(x, i, n);
    }

    static long countNonFinite(float[] x, int n) {
        long count = 0;
        int i = 0;
        for (; i < FLOATS.loopBound(n); i += FLOATS.length()) {
            IntVector bits = FloatVector.fromArray(FLOATS, x, i).reinterpretAsInts();
            count += bits.and(0x7fffffff).compare(GE, 0x7f800000).trueCount();
        }
        return count + ScalarMagnitudes.countNonFinite(x, i, n);
    }
}
