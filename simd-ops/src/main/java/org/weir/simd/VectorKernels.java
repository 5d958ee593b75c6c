package org.weir.simd;

import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.NE;
import static org.weir.simd.Species.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The kernels with the Java Vector API. Each is one flat loop over full vectors, then the scalar definition for what is
 * left. Flat, because the JIT stops inlining in large methods and then puts every vector on the heap (2 to 17 times
 * slower, silently): no method of ours takes or returns a vector. The larger kernels live in {@link VectorElection},
 * {@link VectorChoices}, {@link VectorMagnitudes}, {@link VectorDropout} and {@link VectorRounding}.
 */
final class VectorKernels implements Kernels {

    private static final Codec BF16 = new VectorBf16Codec();

    @Override
    public String description() {
        return FLOATS.vectorBitSize() + "-bit vectors";
    }

    @Override
    public Codec bf16() {
        return BF16;
    }

    @Override
    public void subtract(float[] x, float[] y, int n) {
        int i = 0;
        for (; i < FLOATS.loopBound(n); i += FLOATS.length()) {
            FloatVector.fromArray(FLOATS, x, i)
                    .sub(FloatVector.fromArray(FLOATS, y, i))
                    .intoArray(x, i);
        }
        ScalarKernels.subtract(x, y, i, n);
    }

    @Override
    public void scale(float[] x, float factor, int n) {
        int i = 0;
        for (; i < FLOATS.loopBound(n); i += FLOATS.length()) {
            FloatVector.fromArray(FLOATS, x, i).mul(factor).intoArray(x, i);
        }
        ScalarKernels.scale(x, factor, i, n);
    }

    @Override
    public void divide(float[] x, float divisor, int n) {
        int i = 0;
        for (; i < FLOATS.loopBound(n); i += FLOATS.length()) {
            FloatVector.fromArray(FLOATS, x, i).div(divisor).intoArray(x, i);
        }
        ScalarKernels.divide(x, divisor, i, n);
    }

    @Override
    public void addWeighted(float[] sum, float[] x, float weight, int n) {
        addWeightedRange(sum, x, weight, 0, n);
    }

    @Override
    public void addWeightedRange(float[] sum, float[] x, float weight, int from, int to) {
        int i = from;
        for (; i <= to - FLOATS.length(); i += FLOATS.length()) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, i).mul(weight);
            FloatVector s = FloatVector.fromArray(FLOATS, sum, i);
            s.add(v, s.compare(EQ, s)).intoArray(sum, i); // equal to itself: not NaN
        }
        ScalarKernels.addWeighted(sum, x, weight, i, to);
    }

    @Override
    public void addWeightedEach(float[] sum, float[] x, float[] weights, int first, int from, int to) {
        VectorProducts.addWeightedEach(sum, x, weights, first, from, to);
    }

    @Override
    public void addBase(float[] x, float[] base, int n) {
        int i = 0;
        for (; i < FLOATS.loopBound(n); i += FLOATS.length()) {
            FloatVector delta = FloatVector.fromArray(FLOATS, x, i);
            FloatVector b = FloatVector.fromArray(FLOATS, base, i);
            VectorMask<Float> changed = delta.compare(NE, 0).and(b.compare(EQ, b));
            b.add(delta, changed).intoArray(x, i);
        }
        ScalarKernels.addBase(x, base, i, n);
    }

    @Override
    public void vote(
            float[] total,
            float[] plus,
            float[] plusWeight,
            float[] minus,
            float[] minusWeight,
            float[] x,
            float weight,
            int n) {
        VectorElection.vote(total, plus, plusWeight, minus, minusWeight, x, weight, n);
    }

    @Override
    public void elect(
            float[] out,
            float[] total,
            float[] plus,
            float[] plusWeight,
            float[] minus,
            float[] minusWeight,
            boolean normalize,
            int n) {
        VectorElection.elect(out, total, plus, plusWeight, minus, minusWeight, normalize, n);
    }

    @Override
    public void trim(float[] x, int from, int to, int thresholdBits, boolean keepEqual) {
        VectorMagnitudes.trim(x, from, to, thresholdBits, keepEqual);
    }

    @Override
    public void cutAbove(float[] x, int from, int to, int largestKeptBits) {
        VectorChoices.cutAbove(x, from, to, largestKeptBits);
    }

    @Override
    public void keepWhere(float[] x, float[] by, float least, int n) {
        VectorChoices.keepWhere(x, by, least, n);
    }

    @Override
    public void limit(float[] x, float limit, int n) {
        VectorChoices.limit(x, limit, n);
    }

    @Override
    public void keepLarger(float[] best, float[] x, int n) {
        VectorChoices.keepLarger(best, x, n);
    }

    @Override
    public void sumOfSquaredDifferences(float[] out, float[][] x, int first, int count, int n) {
        VectorChoices.sumOfSquaredDifferences(out, x, first, count, n);
    }

    @Override
    public void addActive(float[] count, float[] sum, float[] alone, float[] x, float epsilon, float factor, int n) {
        VectorChoices.addActive(count, sum, alone, x, epsilon, factor, n);
    }

    @Override
    public void joinActive(float[] out, float[] count, float[] sum, float[] alone, int n) {
        VectorChoices.joinActive(out, count, sum, alone, n);
    }

    @Override
    public void addDominant(float[] count, float[] x, float[] total, float factor, int n) {
        VectorChoices.addDominant(count, x, total, factor, n);
    }

    @Override
    public long countActive(float[] x, float[] count, float epsilon, float least, int n) {
        return VectorChoices.countActive(x, count, epsilon, least, n);
    }

    @Override
    public void dropout(float[] x, int n, CounterRandom stream, long firstElement, long keep48) {
        VectorDropout.dropout(x, n, stream, firstElement, keep48);
    }

    @Override
    public void dropoutEach(
            float[] x, int n, CounterRandom stream, long firstElement, long[] keep48, int first, boolean rescale) {
        VectorRankDropout.dropoutEach(x, n, stream, firstElement, keep48, first, rescale);
    }

    @Override
    public void rankEntries(float[] x, int from, int to, long[] entries, int at, int place) {
        VectorRankDropout.rankEntries(x, from, to, entries, at, place);
    }

    @Override
    public void keepByRank(long[] ranks, int from, int to, double least, double span, double last) {
        VectorRankDropout.keepByRank(ranks, from, to, least, span, last);
    }

    @Override
    public void roundToBf16(float[] x, int n, CounterRandom stream, long firstElement) {
        VectorRounding.toBf16(x, n, stream, firstElement);
    }

    @Override
    public void roundToF16(float[] x, int n, CounterRandom stream, long firstElement) {
        VectorRounding.toF16(x, n, stream, firstElement);
    }

    @Override
    public void countMagnitudes(
            float[] x, int n, int loBits, int hiBits, int shift, int guessBits, long[] counts, int from) {
        VectorMagnitudes.countMagnitudes(x, n, loBits, hiBits, shift, guessBits, counts, from);
    }

    @Override
    public double sumMagnitudes(float[] x, int n) {
        return VectorMagnitudes.sumMagnitudes(x, n);
    }

    @Override
    public long countNonZero(float[] x, int n) {
        return VectorMagnitudes.countNonZero(x, n);
    }

    @Override
    public long countNonFinite(float[] x, int n) {
        return VectorMagnitudes.countNonFinite(x, n);
    }

    @Override
    public double dot(float[] x, float[] y, int from, int to) {
        return VectorProducts.dot(x, y, from, to);
    }

    @Override
    public void addProducts(double[] sums, int first, float[] x, float[] y, int from, int to) {
        VectorProducts.addProducts(sums, first, x, y, from, to);
    }

    @Override
    public void addProduct(
            float[] c,
            int cAt,
            int cRow,
            float[] a,
            int aAt,
            int aRow,
            float[] b,
            int bRow,
            int rows,
            int depth,
            int columns) {
        VectorMatrices.addProduct(c, cAt, cRow, a, aAt, aRow, b, bRow, rows, depth, columns);
    }

    @Override
    public void subtractProduct(
            double[] c,
            int cAt,
            int cRow,
            double[] a,
            int aAt,
            int aRow,
            double[] b,
            int bRow,
            int rows,
            int depth,
            int columns) {
        VectorMatrices.subtractProduct(c, cAt, cRow, a, aAt, aRow, b, bRow, rows, depth, columns);
    }

    @Override
    public double sumOfExponentials(float[] x, int from, int to) {
        return VectorSoftmax.sumOfExponentials(x, from, to);
    }

    @Override
    public double divergence(float[] x, double sum, float[] base, double baseSum, double added, int from, int to) {
        return VectorSoftmax.divergence(x, sum, base, baseSum, added, from, to);
    }

    @Override
    public void raise(float[] x, float floor, float added, int n) {
        VectorProducts.raise(x, floor, added, n);
    }

    @Override
    public void addWeightedBy(float[] sum, float[] x, float[] by, float weight, int n) {
        VectorProducts.addWeightedBy(sum, x, by, weight, n);
    }

    @Override
    public void divideBy(float[] x, float[] by, float[] other, float divisor, int n) {
        VectorProducts.divideBy(x, by, other, divisor, n);
    }
}
