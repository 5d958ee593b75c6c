package org.weir.simd;

/**
 * The kernels as plain loops: the definition of what every kernel writes. The static forms over a range
 * {@code [from, to)} are also the tails of the vector loops, so that a tail cannot differ from the definition.
 */
final class ScalarKernels implements Kernels {

    private static final Codec BF16 = new ScalarBf16Codec();

    private final String description;

    ScalarKernels(String description) {
        this.description = description;
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public Codec bf16() {
        return BF16;
    }

    @Override
    public void subtract(float[] x, float[] y, int n) {
        subtract(x, y, 0, n);
    }

    static void subtract(float[] x, float[] y, int from, int to) {
        for (int i = from; i < to; i++) {
            x[i] -= y[i];
        }
    }

    @Override
    public void scale(float[] x, float factor, int n) {
        scale(x, factor, 0, n);
    }

    static void scale(float[] x, float factor, int from, int to) {
        for (int i = from; i < to; i++) {
            x[i] *= factor;
        }
    }

    @Override
    public void divide(float[] x, float divisor, int n) {
        divide(x, divisor, 0, n);
    }

    static void divide(float[] x, float divisor, int from, int to) {
        for (int i = from; i < to; i++) {
            x[i] /= divisor;
        }
    }

    @Override
    public void addWeighted(float[] sum, float[] x, float weight, int n) {
        addWeighted(sum, x, weight, 0, n);
    }

    @Override
    public void addWeightedRange(float[] sum, float[] x, float weight, int from, int to) {
        addWeighted(sum, x, weight, from, to);
    }

    static void addWeighted(float[] sum, float[] x, float weight, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!Float.isNaN(sum[i])) {
                sum[i] += weight * x[i];
            }
        }
    }

    @Override
    public void addWeightedEach(float[] sum, float[] x, float[] weights, int first, int from, int to) {
        addWeightedEachRange(sum, x, weights, first, from, to);
    }

    static void addWeightedEachRange(float[] sum, float[] x, float[] weights, int first, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!Float.isNaN(sum[i])) {
                sum[i] += weights[first + i - from] * x[i];
            }
        }
    }

    @Override
    public void addBase(float[] x, float[] base, int n) {
        addBase(x, base, 0, n);
    }

    static void addBase(float[] x, float[] base, int from, int to) {
        for (int i = from; i < to; i++) {
            x[i] = x[i] == 0 || Float.isNaN(base[i]) ? base[i] : base[i] + x[i];
        }
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
        ScalarElection.vote(total, plus, plusWeight, minus, minusWeight, x, weight, 0, n);
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
        ScalarElection.elect(out, total, plus, plusWeight, minus, minusWeight, normalize, 0, n);
    }

    @Override
    public void trim(float[] x, int from, int to, int thresholdBits, boolean keepEqual) {
        ScalarMagnitudes.trim(x, from, to, thresholdBits, keepEqual);
    }

    @Override
    public void cutAbove(float[] x, int from, int to, int largestKeptBits) {
        ScalarChoices.cutAbove(x, from, to, largestKeptBits);
    }

    @Override
    public void keepWhere(float[] x, float[] by, float least, int n) {
        ScalarChoices.keepWhere(x, by, least, 0, n);
    }

    @Override
    public void limit(float[] x, float limit, int n) {
        ScalarChoices.limit(x, limit, 0, n);
    }

    @Override
    public void keepLarger(float[] best, float[] x, int n) {
        ScalarChoices.keepLarger(best, x, 0, n);
    }

    @Override
    public void sumOfSquaredDifferences(float[] out, float[][] x, int first, int count, int n) {
        ScalarChoices.sumOfSquaredDifferences(out, x, first, count, 0, n);
    }

    @Override
    public void addActive(float[] count, float[] sum, float[] alone, float[] x, float epsilon, float factor, int n) {
        ScalarChoices.addActive(count, sum, alone, x, epsilon, factor, 0, n);
    }

    @Override
    public void joinActive(float[] out, float[] count, float[] sum, float[] alone, int n) {
        ScalarChoices.joinActive(out, count, sum, alone, 0, n);
    }

    @Override
    public void addDominant(float[] count, float[] x, float[] total, float factor, int n) {
        ScalarChoices.addDominant(count, x, total, factor, 0, n);
    }

    @Override
    public long countActive(float[] x, float[] count, float epsilon, float least, int n) {
        return ScalarChoices.countActive(x, count, epsilon, least, 0, n);
    }

    @Override
    public void dropout(float[] x, int n, CounterRandom stream, long firstElement, long keep48) {
        dropout(x, 0, n, stream, firstElement, keep48);
    }

    /** {@code firstElement} is the place of {@code x[0]}, whatever {@code from} is. */
    static void dropout(float[] x, int from, int to, CounterRandom stream, long firstElement, long keep48) {
        for (int i = from; i < to; i++) {
            if (!stream.keeps(firstElement + i, keep48)) {
                x[i] = 0;
            }
        }
    }

    @Override
    public void dropoutEach(
            float[] x, int n, CounterRandom stream, long firstElement, long[] keep48, int first, boolean rescale) {
        dropoutEach(x, 0, n, stream, firstElement, keep48, first, rescale);
    }

    /** {@code firstElement} and {@code first} are those of {@code x[0]}, whatever {@code from} is. */
    static void dropoutEach(
            float[] x,
            int from,
            int to,
            CounterRandom stream,
            long firstElement,
            long[] keep48,
            int first,
            boolean rescale) {
        for (int i = from; i < to; i++) {
            long keep = keep48[first + i];
            if (!stream.keeps(firstElement + i, keep)) {
                x[i] = 0;
            } else if (rescale) {
                x[i] /= (float) (keep * 0x1p-48);
            }
        }
    }

    @Override
    public void rankEntries(float[] x, int from, int to, long[] entries, int at, int place) {
        rankEntriesRange(x, from, to, entries, at, place);
    }

    static void rankEntriesRange(float[] x, int from, int to, long[] entries, int at, int place) {
        for (int i = from; i < to; i++) {
            long magnitude = ScalarMagnitudes.magnitudeBits(x[i]);
            entries[at + i - from] = magnitude << Integer.SIZE | place + i - from;
        }
    }

    @Override
    public void keepByRank(long[] ranks, int from, int to, double least, double span, double last) {
        keepByRankRange(ranks, from, to, least, span, last);
    }

    static void keepByRankRange(long[] ranks, int from, int to, double least, double span, double last) {
        for (int i = from; i < to; i++) {
            ranks[i] = CounterRandom.keep48(least + span * (ranks[i] / last));
        }
    }

    @Override
    public void roundToBf16(float[] x, int n, CounterRandom stream, long firstElement) {
        ScalarRounding.roundToBf16(x, 0, n, stream, firstElement);
    }

    @Override
    public void roundToF16(float[] x, int n, CounterRandom stream, long firstElement) {
        ScalarRounding.roundToF16(x, 0, n, stream, firstElement);
    }

    @Override
    public void countMagnitudes(
            float[] x, int n, int loBits, int hiBits, int shift, int guessBits, long[] counts, int from) {
        ScalarMagnitudes.count(x, 0, n, loBits, hiBits, shift, guessBits, counts, from);
    }

    @Override
    public double sumMagnitudes(float[] x, int n) {
        return ScalarMagnitudes.sum(x, n);
    }

    @Override
    public long countNonZero(float[] x, int n) {
        return ScalarMagnitudes.countNonZero(x, 0, n);
    }

    @Override
    public long countNonFinite(float[] x, int n) {
        return ScalarMagnitudes.countNonFinite(x, 0, n);
    }

    @Override
    public double dot(float[] x, float[] y, int from, int to) {
        return ScalarProducts.dot(x, y, from, to);
    }

    @Override
    public void addProducts(double[] sums, int first, float[] x, float[] y, int from, int to) {
        ScalarProducts.addProducts(sums, first, x, y, from, to);
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
        for (int i = 0; i < rows; i++) {
            ScalarProducts.addRow(c, cAt + i * cRow, a, aAt + i * aRow, b, bRow, depth, 0, columns);
        }
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
        for (int i = 0; i < rows; i++) {
            ScalarProducts.subtractRow(c, cAt + i * cRow, a, aAt + i * aRow, b, bRow, depth, 0, columns);
        }
    }

    @Override
    public double sumOfExponentials(float[] x, int from, int to) {
        return ScalarSoftmax.sumOfExponentials(x, from, to);
    }

    @Override
    public double divergence(float[] x, double sum, float[] base, double baseSum, double added, int from, int to) {
        return ScalarSoftmax.divergence(x, sum, base, baseSum, added, from, to);
    }

    @Override
    public void raise(float[] x, float floor, float added, int n) {
        ScalarProducts.raise(x, floor, added, 0, n);
    }

    @Override
    public void addWeightedBy(float[] sum, float[] x, float[] by, float weight, int n) {
        ScalarProducts.addWeightedBy(sum, x, by, weight, 0, n);
    }

    @Override
    public void divideBy(float[] x, float[] by, float[] other, float divisor, int n) {
        ScalarProducts.divideBy(x, by, other, divisor, 0, n);
    }
}
