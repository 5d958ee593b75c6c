package org.weir.simd;

import static jdk.incubator.vector.VectorOperators.ABS;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.D2F;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.F2D;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;
import static org.weir.simd.Species.DOUBLES;
import static org.weir.simd.Species.FLOATS;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/** What compares elements and picks, in vectors; {@link ScalarChoices} has the definitions. */
final class VectorChoices {

    private VectorChoices() {}

    static void cutAbove(float[] x, int from, int to, int largestKeptBits) {
        int i = from;
        for (; i <= to - FLOATS.length(); i += FLOATS.length()) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, i);
            VectorMask<Integer> cut = v.reinterpretAsInts().and(0x7fffffff).compare(GT, largestKeptBits);
            v.blend(0, cut.cast(FLOATS)).intoArray(x, i);
        }
        ScalarChoices.cutAbove(x, i, to, largestKeptBits);
    }

    static void keepWhere(float[] x, float[] by, float least, int n) {
        int i = 0;
        for (; i < FLOATS.loopBound(n); i += FLOATS.length()) {
            VectorMask<Float> cut = FloatVector.fromArray(FLOATS, by, i).compare(LT, least);
            FloatVector.fromArray(FLOATS, x, i).blend(0, cut).intoArray(x, i);
        }
        ScalarChoices.keepWhere(x, by, least, i, n);
    }

    static void limit(float[] x, float limit, int n) {
        int i = 0;
        for (; i < FLOATS.loopBound(n); i += FLOATS.length()) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, i);
            v.blend(limit, v.compare(GT, limit))
                    .blend(-limit, v.compare(LT, -limit))
                    .intoArray(x, i);
        }
        ScalarChoices.limit(x, limit, i, n);
    }

    static void keepLarger(float[] best, float[] x, int n) {
        int i = 0;
        for (; i < FLOATS.loopBound(n); i += FLOATS.length()) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, i);
            FloatVector b = FloatVector.fromArray(FLOATS, best, i);
            IntVector magnitudes = v.reinterpretAsInts().and(0x7fffffff);
            VectorMask<Integer> larger =
                    magnitudes.compare(GE, b.reinterpretAsInts().and(0x7fffffff));
            b.blend(v, larger.cast(FLOATS)).intoArray(best, i);
        }
        ScalarChoices.keepLarger(best, x, i, n);
    }

    static void sumOfSquaredDifferences(float[] out, float[][] x, int first, int count, int n) {
        int i = 0;
        for (; i < FLOATS.loopBound(n); i += FLOATS.length()) {
            DoubleVector low = DoubleVector.zero(DOUBLES);
            DoubleVector high = DoubleVector.zero(DOUBLES);
            for (int k = first; k < first + count; k++) {
                FloatVector v = FloatVector.fromArray(FLOATS, x[k], i);
                low = low.lanewise(ADD, v.convert(F2D, 0));
                high = high.lanewise(ADD, v.convert(F2D, 1));
            }
            DoubleVector lowMean = low.div(count);
            DoubleVector highMean = high.div(count);
            low = DoubleVector.zero(DOUBLES);
            high = DoubleVector.zero(DOUBLES);
            for (int k = first; k < first + count; k++) {
                FloatVector v = FloatVector.fromArray(FLOATS, x[k], i);
                DoubleVector lowDifference = (DoubleVector) v.convert(F2D, 0).sub(lowMean);
                DoubleVector highDifference = (DoubleVector) v.convert(F2D, 1).sub(highMean);
                low = low.lanewise(ADD, lowDifference.mul(lowDifference));
                high = high.lanewise(ADD, highDifference.mul(highDifference));
            }
            FloatVector sums = (FloatVector) low.convert(D2F, 0);
            sums = sums.add(high.convert(D2F, -1));
            sums.blend(Float.NaN, sums.compare(NE, sums)).intoArray(out, i);
        }
        ScalarChoices.sumOfSquaredDifferences(out, x, first, count, i, n);
    }

    static void addActive(float[] count, float[] sum, float[] alone, float[] x, float epsilon, float factor, int n) {
        int i = 0;
        for (; i < FLOATS.loopBound(n); i += FLOATS.length()) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, i);
            VectorMask<Float> active = v.lanewise(ABS).compare(LE, epsilon).not();
            FloatVector.fromArray(FLOATS, count, i).add(1, active).intoArray(count, i);
            FloatVector s = FloatVector.fromArray(FLOATS, sum, i);
            s.add(v, s.compare(EQ, s).and(active)).intoArray(sum, i);
            FloatVector a = FloatVector.fromArray(FLOATS, alone, i);
            a.add(v.mul(factor), a.compare(EQ, a).and(active)).intoArray(alone, i);
        }
        ScalarChoices.addActive(count, sum, alone, x, epsilon, factor, i, n);
    }

    static void joinActive(float[] out, float[] count, float[] sum, float[] alone, int n) {
        int i = 0;
        for (; i < FLOATS.loopBound(n); i += FLOATS.length()) {
            FloatVector c = FloatVector.fromArray(FLOATS, count, i);
            FloatVector s = FloatVector.fromArray(FLOATS, sum, i);
            FloatVector a = FloatVector.fromArray(FLOATS, alone, i);
            FloatVector.zero(FLOATS)
                    .blend(a, c.compare(EQ, 1))
                    .blend(s.div(c), c.compare(GT, 1))
                    .intoArray(out, i);
        }
        ScalarChoices.joinActive(out, count, sum, alone, i, n);
    }

    static long countActive(float[] x, float[] count, float epsilon, float least, int n) {
        long active = 0;
        int i = 0;
        for (; i < FLOATS.loopBound(n); i += FLOATS.length()) {
            VectorMask<Float> idle =
                    FloatVector.fromArray(FLOATS, x, i).lanewise(ABS).compare(LE, epsilon);
            active += FloatVector.fromArray(FLOATS, count, i)
                    .compare(GE, least)
                    .andNot(idle)
                    .trueCount();
        }
        return active + ScalarChoices.countActive(x, count, epsilon, least, i, n);
    }

    static void addDominant(float[] count, float[] x, float[] total, float factor, int n) {
        int i = 0;
        for (; i < FLOATS.loopBound(n); i += FLOATS.length()) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, i);
            FloatVector others =
                    FloatVector.fromArray(FLOATS, total, i).sub(v).lanewise(ABS).mul(factor);
            VectorMask<Float> dominant = v.lanewise(ABS).compare(LE, others).not();
            FloatVector.fromArray(FLOATS, count, i).add(1, dominant).intoArray(count, i);
        }
        ScalarChoices.addDominant(count, x, total, factor, i, n);
    }
}
