package org.weir.simd;

import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.F2D;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.OR;
import static org.weir.simd.ScalarSoftmax.BIAS;
import static org.weir.simd.ScalarSoftmax.BIASED_ONES;
import static org.weir.simd.ScalarSoftmax.EXPONENT_MASK;
import static org.weir.simd.ScalarSoftmax.FRACTION_BITS;
import static org.weir.simd.ScalarSoftmax.LARGEST;
import static org.weir.simd.ScalarSoftmax.LEAST;
import static org.weir.simd.ScalarSoftmax.LN2;
import static org.weir.simd.ScalarSoftmax.LN2_HIGH;
import static org.weir.simd.ScalarSoftmax.LN2_LOW;
import static org.weir.simd.ScalarSoftmax.ONES;
import static org.weir.simd.ScalarSoftmax.PER_LN2;
import static org.weir.simd.ScalarSoftmax.TO_NEAREST;
import static org.weir.simd.ScalarSoftmax.TO_WHOLE;
import static org.weir.simd.Species.DOUBLES;
import static org.weir.simd.Species.HALF_FLOATS;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;

/**
 * {@link ScalarSoftmax} in vectors, without masks: one of two lanes would be an object. The exponential stands wherever it is
 * taken: a vector that leaves a method can become one, too.
 */
final class VectorSoftmax {

    private VectorSoftmax() {}

    static double sumOfExponentials(float[] x, int from, int to) {
        int end = from + (to - from & -16);
        return ScalarSoftmax.sumRest(sumOfLanes(x, from, end, 16), x, end, to);
    }

    private static double sumOfLanes(float[] x, int first, int end, int lanes) {
        if (lanes > DOUBLES.length()) {
            int half = lanes / 2;
            return sumOfLanes(x, first, end, half) + sumOfLanes(x, first + half, end, half);
        }
        return sumOfVector(x, first, end);
    }

    private static double sumOfVector(float[] x, int first, int end) {
        DoubleVector sum = DoubleVector.zero(DOUBLES);
        for (int i = first; i < end; i += 16) {
            DoubleVector limited = (DoubleVector) FloatVector.fromArray(HALF_FLOATS, x, i)
                    .min(LARGEST)
                    .max(LEAST)
                    .convertShape(F2D, DOUBLES, 0);
            DoubleVector shifted = limited.mul(PER_LN2).add(TO_WHOLE);
            DoubleVector n = shifted.sub(TO_WHOLE);
            DoubleVector r = limited.sub(n.mul(LN2_HIGH)).sub(n.mul(LN2_LOW));
            DoubleVector e = r.mul(1.0 / 6227020800L).add(1.0 / 479001600);
            e = e.mul(r).add(1.0 / 39916800);
            e = e.mul(r).add(1.0 / 3628800);
            e = e.mul(r).add(1.0 / 362880);
            e = e.mul(r).add(1.0 / 40320);
            e = e.mul(r).add(1.0 / 5040);
            e = e.mul(r).add(1.0 / 720);
            e = e.mul(r).add(1.0 / 120);
            e = e.mul(r).add(1.0 / 24);
            e = e.mul(r).add(1.0 / 6);
            e = e.mul(r).add(0.5);
            e = e.mul(r).add(1);
            e = e.mul(r).add(1);
            e = e.mul(shifted.reinterpretAsLongs()
                    .add(BIAS)
                    .lanewise(LSHL, FRACTION_BITS)
                    .reinterpretAsDoubles());
            sum = sum.lanewise(ADD, e);
        }
        double joined = sum.lane(0) + sum.lane(1);
        if (DOUBLES.length() > 2) {
            joined += sum.lane(2) + sum.lane(3);
        }
        if (DOUBLES.length() > 4) {
            joined += (sum.lane(4) + sum.lane(5)) + (sum.lane(6) + sum.lane(7));
        }
        return joined;
    }

    static double divergence(float[] x, double sum, float[] base, double baseSum, double added, int from, int to) {
        int end = from + (to - from & -16);
        double lanes = divergenceOfLanes(x, 1 / sum, base, 1 / baseSum, added, from, end, 16);
        return ScalarSoftmax.divergenceRest(lanes, x, 1 / sum, base, 1 / baseSum, added, end, to);
    }

    private static double divergenceOfLanes(
            float[] x, double share, float[] base, double baseShare, double added, int first, int end, int lanes) {
        if (lanes > DOUBLES.length()) {
            int half = lanes / 2;
            return divergenceOfLanes(x, share, base, baseShare, added, first, end, half)
                    + divergenceOfLanes(x, share, base, baseShare, added, first + half, end, half);
        }
        return divergenceOfVector(x, share, base, baseShare, added, first, end);
    }

    private static double divergenceOfVector(
            float[] x, double share, float[] base, double baseShare, double added, int first, int end) {
        DoubleVector sum = DoubleVector.zero(DOUBLES);
        for (int i = first; i < end; i += 16) {
            DoubleVector limited = (DoubleVector) FloatVector.fromArray(HALF_FLOATS, x, i)
                    .min(LARGEST)
                    .max(LEAST)
                    .convertShape(F2D, DOUBLES, 0);
            DoubleVector shifted = limited.mul(PER_LN2).add(TO_WHOLE);
            DoubleVector n = shifted.sub(TO_WHOLE);
            DoubleVector r = limited.sub(n.mul(LN2_HIGH)).sub(n.mul(LN2_LOW));
            DoubleVector e = r.mul(1.0 / 6227020800L).add(1.0 / 479001600);
            e = e.mul(r).add(1.0 / 39916800);
            e = e.mul(r).add(1.0 / 3628800);
            e = e.mul(r).add(1.0 / 362880);
            e = e.mul(r).add(1.0 / 40320);
            e = e.mul(r).add(1.0 / 5040);
            e = e.mul(r).add(1.0 / 720);
            e = e.mul(r).add(1.0 / 120);
            e = e.mul(r).add(1.0 / 24);
            e = e.mul(r).add(1.0 / 6);
            e = e.mul(r).add(0.5);
            e = e.mul(r).add(1);
            e = e.mul(r).add(1);
            e = e.mul(shifted.reinterpretAsLongs()
                    .add(BIAS)
                    .lanewise(LSHL, FRACTION_BITS)
                    .reinterpretAsDoubles());
            DoubleVector p = e.mul(share).add(added);
            DoubleVector limitedBase = (DoubleVector) FloatVector.fromArray(HALF_FLOATS, base, i)
                    .min(LARGEST)
                    .max(LEAST)
                    .convertShape(F2D, DOUBLES, 0);
            DoubleVector shiftedBase = limitedBase.mul(PER_LN2).add(TO_WHOLE);
            DoubleVector m = shiftedBase.sub(TO_WHOLE);
            DoubleVector u = limitedBase.sub(m.mul(LN2_HIGH)).sub(m.mul(LN2_LOW));
            DoubleVector f = u.mul(1.0 / 6227020800L).add(1.0 / 479001600);
            f = f.mul(u).add(1.0 / 39916800);
            f = f.mul(u).add(1.0 / 3628800);
            f = f.mul(u).add(1.0 / 362880);
            f = f.mul(u).add(1.0 / 40320);
            f = f.mul(u).add(1.0 / 5040);
            f = f.mul(u).add(1.0 / 720);
            f = f.mul(u).add(1.0 / 120);
            f = f.mul(u).add(1.0 / 24);
            f = f.mul(u).add(1.0 / 6);
            f = f.mul(u).add(0.5);
            f = f.mul(u).add(1);
            f = f.mul(u).add(1);
            f = f.mul(shiftedBase
                    .reinterpretAsLongs()
                    .add(BIAS)
                    .lanewise(LSHL, FRACTION_BITS)
                    .reinterpretAsDoubles());
            DoubleVector q = f.mul(baseShare).add(added);
            LongVector power =
                    p.reinterpretAsLongs().sub(q.reinterpretAsLongs()).add(TO_NEAREST);
            DoubleVector k = power.lanewise(LSHR, FRACTION_BITS)
                    .lanewise(OR, ONES)
                    .reinterpretAsDoubles()
                    .sub(BIASED_ONES);
            DoubleVector near = q.mul(power.lanewise(AND, EXPONENT_MASK).reinterpretAsDoubles());
            DoubleVector s = p.sub(near).div(p.add(near));
            DoubleVector z = s.mul(s);
            DoubleVector t = z.mul(1.0 / 23).add(1.0 / 21);
            t = t.mul(z).add(1.0 / 19);
            t = t.mul(z).add(1.0 / 17);
            t = t.mul(z).add(1.0 / 15);
            t = t.mul(z).add(1.0 / 13);
            t = t.mul(z).add(1.0 / 11);
            t = t.mul(z).add(1.0 / 9);
            t = t.mul(z).add(1.0 / 7);
            t = t.mul(z).add(1.0 / 5);
            t = t.mul(z).add(1.0 / 3);
            DoubleVector twice = s.add(s);
            DoubleVector log = k.mul(LN2).add(twice.mul(z).mul(t).add(twice));
            sum = sum.lanewise(ADD, p.mul(log));
        }
        double joined = sum.lane(0) + sum.lane(1);
        if (DOUBLES.length() > 2) {
            joined += sum.lane(2) + sum.lane(3);
        }
        if (DOUBLES.length() > 4) {
            joined += (sum.lane(4) + sum.lane(5)) + (sum.lane(6) + sum.lane(7));
        }
        return joined;
    }
}
