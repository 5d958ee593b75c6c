package org.weir.simd;

/** Products of strips and of matrices as plain loops: the definition, and what the vector loops leave over at their end. */
final class ScalarProducts {

    private ScalarProducts() {}

    static double dot(float[] x, float[] y, int from, int to) {
        int fullRows = from + (to - from & -16);
        return dotRest(dotOfLanes(x, y, from, fullRows, 16), x, y, fullRows, to);
    }

    private static double dotOfLanes(float[] x, float[] y, int first, int end, int lanes) {
        if (lanes > 1) {
            int half = lanes / 2;
            return dotOfLanes(x, y, first, end, half) + dotOfLanes(x, y, first + half, end, half);
        }
        double sum = 0;
        for (int i = first; i < end; i += 16) {
            sum += (double) x[i] * y[i];
        }
        return sum;
    }

    static double dotRest(double sum, float[] x, float[] y, int from, int to) {
        for (int i = from; i < to; i++) {
            sum += (double) x[i] * y[i];
        }
        return Double.isNaN(sum) ? Double.NaN : sum;
    }

    static void addProducts(double[] sums, int first, float[] x, float[] y, int from, int to) {
        for (int i = from; i < to; i++) {
            double sum = sums[first + i - from] + (double) x[i] * y[i];
            sums[first + i - from] = Double.isNaN(sum) ? Double.NaN : sum;
        }
    }

    /** The columns from {@code from} to before {@code to} of one row. */
    static void addRow(float[] c, int cAt, float[] a, int aAt, float[] b, int bRow, int depth, int from, int to) {
        for (int j = from; j < to; j++) {
            float sum = c[cAt + j];
            for (int k = 0; k < depth; k++) {
                sum += a[aAt + k] * b[k * bRow + j];
            }
            c[cAt + j] = Float.isNaN(sum) ? Float.NaN : sum;
        }
    }

    static void subtractRow(
            double[] c, int cAt, double[] a, int aAt, double[] b, int bRow, int depth, int from, int to) {
        for (int j = from; j < to; j++) {
            double sum = c[cAt + j];
            for (int k = 0; k < depth; k++) {
                sum -= a[aAt + k] * b[k * bRow + j];
            }
            c[cAt + j] = Double.isNaN(sum) ? Double.NaN : sum;
        }
    }

    static void raise(float[] x, float floor, float added, int from, int to) {
        for (int i = from; i < to; i++) {
            x[i] = (x[i] < floor ? floor : x[i]) + added;
        }
    }

    static void addWeightedBy(float[] sum, float[] x, float[] by, float weight, int from, int to) {
        for (int i = from; i < to; i++) {
            float next = sum[i] + weight * by[i] * x[i];
            sum[i] = Float.isNaN(sum[i]) ? sum[i] : Float.isNaN(next) ? Float.NaN : next;
        }
    }

    static void divideBy(float[] x, float[] by, float[] other, float divisor, int from, int to) {
        for (int i = from; i < to; i++) {
            float quotient = by[i] == 0 ? other[i] / divisor : x[i] / by[i];
            x[i] = Float.isNaN(quotient) ? Float.NaN : quotient;
        }
    }
}
