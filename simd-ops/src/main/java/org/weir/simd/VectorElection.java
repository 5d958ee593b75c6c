package org.weir.simd;

import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;
import static org.weir.simd.Species.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** TIES' sign election in vectors; see {@link Kernels#vote} and {@link Kernels#elect}. */
final class VectorElection {

    private VectorElection() {}

    static void vote(
            float[] total,
            float[] plus,
            float[] plusWeight,
            float[] minus,
            float[] minusWeight,
            float[] x,
            float weight,
            int n) {
        int i = 0;
        for (; i < FLOATS.loopBound(n); i += FLOATS.length()) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, i).mul(weight);
            FloatVector sum = FloatVector.fromArray(FLOATS, total, i);
            sum.add(v, sum.compare(EQ, sum)).intoArray(total, i); // equal to itself: not NaN
            VectorMask<Float> positive = v.compare(GT, 0);
            FloatVector.fromArray(FLOATS, plus, i).add(v, positive).intoArray(plus, i);
            FloatVector.fromArray(FLOATS, plusWeight, i).add(weight, positive).intoArray(plusWeight, i);
            VectorMask<Float> negative = v.compare(LT, 0);
            FloatVector.fromArray(FLOATS, minus, i).add(v, negative).intoArray(minus, i);
            FloatVector.fromArray(FLOATS, minusWeight, i).add(weight, negative).intoArray(minusWeight, i);
        }
        ScalarElection.vote(total, plus, plusWeight, minus, minusWeight, x, weight, i, n);
    }

    static void elect(
            float[] out,
            float[] total,
            float[] plus,
            float[] plusWeight,
            float[] minus,
            float[] minusWeight,
            boolean normalize,
            int n) {
        int i = 0;
        for (; i < FLOATS.loopBound(n); i += FLOATS.length()) {
            FloatVector sum = FloatVector.fromArray(FLOATS, total, i);
            VectorMask<Float> negative = sum.compare(LT, 0);
            FloatVector elected =
                    FloatVector.fromArray(FLOATS, plus, i).blend(FloatVector.fromArray(FLOATS, minus, i), negative);
            if (normalize) {
                FloatVector weight = FloatVector.fromArray(FLOATS, plusWeight, i)
                        .blend(FloatVector.fromArray(FLOATS, minusWeight, i), negative);
                elected = elected.div(weight, weight.compare(NE, 0));
            }
            elected.blend(Float.NaN, sum.compare(NE, sum)).intoArray(out, i);
        }
        ScalarElection.elect(out, total, plus, plusWeight, minus, minusWeight, normalize, i, n);
    }
}
