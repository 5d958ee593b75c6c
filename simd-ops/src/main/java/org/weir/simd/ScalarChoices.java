package org.weir.simd;

/** The definitions of what compares elements and picks, over ranges {@code [from, to)}; see {@link Kernels}. */
final class ScalarChoices {

    private ScalarChoices() {}

    static void cutAbove(float[] x, int from, int to, int largestKeptBits) {
        for (int i = from; i < to; i++) {
            if (ScalarMagnitudes.magnitudeBits(x[i]) > largestKeptBits) {
                x[i] = 0;
            }
        }
    }

    static void keepWhere(float[] x, float[] by, float least, int from, int to) {
        for (int i = from; i < to; i++) {
            if (by[i] < least) {
                x[i] = 0;
            }
        }
    }

    static void limit(float[] x, float limit, int from, int to) {
        for (int i = from; i < to; i++) {
            if (Math.abs(x[i]) > limit) {
                x[i] = x[i] < 0 ? -limit : limit;
            }
        }
    }

    static void keepLarger(float[] best, float[] x, int from, int to) {
        for (int i = from; i < to; i++) {
            if (ScalarMagnitudes.magnitudeBits(x[i]) >= ScalarMagnitudes.magnitudeBits(best[i])) {
                best[i] = x[i];
            }
        }
    }

    static void sumOfSquaredDifferences(float[] out, float[][] x, int first, int count, int from, int to) {
        for (int i = from; i < to; i++) {
            double sum = 0;
            for (int k = first; k < first + count; k++) {
                sum += x[k][i];
            }
            double mean = sum / count;
            double squares = 0;
            for (int k = first; k < first + count; k++) {
                double difference = x[k][i] - mean;
                squares += difference * difference;
            }
            out[i] = Double.isNaN(squares) ? Float.NaN : (float) squares;
        }
    }

    static void addActive(
            float[] count, float[] sum, float[] alone, float[] x, float epsilon, float factor, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!(Math.abs(x[i]) <= epsilon)) {
                count[i]++;
                if (!Float.isNaN(sum[i])) {
                    sum[i] += x[i];
                }
                if (!Float.isNaN(alone[i])) {
                    alone[i] += factor * x[i];
                }
            }
        }
    }

    static void joinActive(float[] out, float[] count, float[] sum, float[] alone, int from, int to) {
        for (int i = from; i < to; i++) {
            out[i] = count[i] > 1 ? sum[i] / count[i] : count[i] == 1 ? alone[i] : 0;
        }
    }

    static long countActive(float[] x, float[] count, float epsilon, float least, int from, int to) {
        long active = 0;
        for (int i = from; i < to; i++) {
            active += !(Math.abs(x[i]) <= epsilon) && count[i] >= least ? 1 : 0;
        }
        return active;
    }

    static void addDominant(float[] count, float[] x, float[] total, float factor, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!(Math.abs(x[i]) <= factor * Math.abs(total[i] - x[i]))) {
                count[i]++;
            }
        }
    }
}
