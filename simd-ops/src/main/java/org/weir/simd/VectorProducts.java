package org.weir.simd;

import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.F2D;
import static jdk.incubator.vector.VectorOperators.LT;
import static org.weir.simd.Species.DOUBLES;
import static org.weir.simd.Species.FLOATS;
import static org.weir.simd.Species.HALF_FLOATS;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;

/** Products of strips, element by element and summed, in vectors. */
final class VectorProducts {

    private VectorProducts() {}

    static double dot(float[] x, float[] y, int from, int to) {
        int end = from + (to - from & -16);
        double sum = switch (DOUBLES.length()) {
            case 2 ->
                (dotOfLanes(x, y, from, end) + dotOfLanes(x, y, from + 4, end))
                        + (dotOfLanes(x, y, from + 8, end) + dotOfLanes(x, y, from + 12, end));
            case 4 -> dotOfLanes(x, y, from, end) + dotOfLanes(x, y, from + 8, end);
            default -> dotOfLanes(x, y, from, end);
        };
        return ScalarProducts.dotRest(sum, x, y, end, to);
    }

    /** Of two vectors' worth of the 16 lanes: at 512 bits that is all of them. */
    private static double dotOfLanes(float[] x, float[] y, int first, int end) {
        DoubleVector a = DoubleVector.zero(DOUBLES);
        DoubleVector b = DoubleVector.zero(DOUBLES);
        for (int i = first; i < end; i += 16) {
            int j = i + DOUBLES.length();
            a = a.lanewise(
                    ADD,
                    FloatVector.fromArray(HALF_FLOATS, x, i)
                            .convertShape(F2D, DOUBLES, 0)
                            .mul(FloatVector.fromArray(HALF_FLOATS, y, i).convertShape(F2D, DOUBLES, 0)));
            b = b.lanewise(
                    ADD,
                    FloatVector.fromArray(HALF_FLOATS, x, j)
                            .convertShape(F2D, DOUBLES, 0)
                            .mul(FloatVector.fromArray(HALF_FLOATS, y, j).convertShape(F2D, DOUBLES, 0)));
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

    static void addProducts(double[] sums, int first, float[] x, float[] y, int from, int to) {
        int i = from;
        int end = DOUBLES.length() > 2 ? to : from; // a mask of two lanes would be an object
        for (; i <= end - DOUBLES.length(); i += DOUBLES.length()) {
            DoubleVector sum = DoubleVector.fromArray(DOUBLES, sums, first + i - from)
                    .add(FloatVector.fromArray(HALF_FLOATS, x, i)
                            .convertShape(F2D, DOUBLES, 0)
                            .mul(FloatVector.fromArray(HALF_FLOATS, y, i).convertShape(F2D, DOUBLES, 0)));
            DoubleVector nan = DoubleVector.broadcast(DOUBLES, Double.NaN);
            nan.blend(sum, sum.compare(EQ, sum)).intoArray(sums, first + i - from); // equal to itself: not NaN
        }
        ScalarProducts.addProducts(sums, first + i - from, x, y, i, to);
    }

    static void addWeightedEach(float[] sum, float[] x, float[] weights, int first, int from, int to) {
        int i = from;
        for (; i <= to - FLOATS.length(); i += FLOATS.length()) {
            FloatVector v =
                    FloatVector.fromArray(FLOATS, x, i).mul(FloatVector.fromArray(FLOATS, weights, first + i - from));
            FloatVector s = FloatVector.fromArray(FLOATS, sum, i);
            s.add(v, s.compare(EQ, s)).intoArray(sum, i);
        }
        ScalarKernels.addWeightedEachRange(sum, x, weights, first + i - from, i, to);
    }

    static void raise(float[] x, float floor, float added, int n) {
        int i = 0;
        for (; i < FLOATS.loopBound(n); i += FLOATS.length()) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, i);
            v.blend(floor, v.compare(LT, floor)).add(added).intoArray(x, i);
        }
        ScalarProducts.raise(x, floor, added, i, n);
    }

    static void addWeightedBy(float[] sum, float[] x, float[] by, float weight, int n) {
        int i = 0;
        for (; i < FLOATS.loopBound(n); i += FLOATS.length()) {
            FloatVector v = FloatVector.fromArray(FLOATS, by, i).mul(weight).mul(FloatVector.fromArray(FLOATS, x, i));
            FloatVector s = FloatVector.fromArray(FLOATS, sum, i);
            FloatVector next = s.add(v);
            FloatVector nan = FloatVector.broadcast(FLOATS, Float.NaN);
            s.blend(nan.blend(next, next.compare(EQ, next)), s.compare(EQ, s)).intoArray(sum, i);
        }
        ScalarProducts.addWeightedBy(sum, x, by, weight, i, n);
    }

    static void divideBy(float[] x, float[] by, float[] other, float divisor, int n) {
        int i = 0;
        for (; i < FLOATS.loopBound(n); i += FLOATS.length()) {
            FloatVector b = FloatVector.fromArray(FLOATS, by, i);
            FloatVector instead = FloatVector.fromArray(FLOATS, other, i).div(divisor);
            FloatVector quotient = FloatVector.fromArray(FLOATS, x, i).div(b).blend(instead, b.compare(EQ, 0));
            FloatVector nan = FloatVector.broadcast(FLOATS, Float.NaN);
            nan.blend(quotient, quotient.compare(EQ, quotient)).intoArray(x, i);
        }
        ScalarProducts.divideBy(x, by, other, divisor, i, n);
    }
}
