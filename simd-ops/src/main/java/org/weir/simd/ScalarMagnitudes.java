package org.weir.simd;

/** The definitions of what goes by the magnitude of elements, over ranges {@code [from, to)}; see {@link Kernels}. */
final class ScalarMagnitudes {

    private ScalarMagnitudes() {}

    static int magnitudeBits(float x) {
        return Float.floatToRawIntBits(x) & 0x7fffffff;
    }

    /** Chooses between numbers, not between ways: where the next element goes cannot be foreseen. */
    static void trim(float[] x, int from, int to, int thresholdBits, boolean keepEqual) {
        int largestCut = keepEqual ? thresholdBits - 1 : thresholdBits;
        for (int i = from; i < to; i++) {
            int bits = Float.floatToRawIntBits(x[i]);
            x[i] = Float.intBitsToFloat((bits & Integer.MAX_VALUE) <= largestCut ? 0 : bits);
        }
    }

    static void count(
            float[] x, int begin, int end, int loBits, int hiBits, int shift, int guessBits, long[] counts, int from) {
        for (int i = begin; i < end; i++) {
            int magnitude = magnitudeBits(x[i]);
            if (magnitude > hiBits) {
                counts[from]++;
            } else if (magnitude >= loBits) {
                counts[from + 2 + ((magnitude - loBits) >>> shift)]++;
                if (magnitude == guessBits) {
                    counts[from + 1]++;
                }
            }
        }
    }

    /** Adds so many elements that are the guess, which lies in the bracket if there are any. */
    static void addGuesses(int guesses, int loBits, int shift, int guessBits, long[] counts, int from) {
        if (guesses > 0) {
            counts[from + 1] += guesses;
            counts[from + 2 + ((guessBits - loBits) >>> shift)] += guesses;
        }
    }

    static double sum(float[] x, int n) {
        int fullRows = n & -16;
        return sumRest(sumOfLanes(x, fullRows, 0, 16), x, fullRows, n);
    }

    private static double sumOfLanes(float[] x, int end, int firstLane, int lanes) {
        if (lanes > 1) {
            int half = lanes / 2;
            return sumOfLanes(x, end, firstLane, half) + sumOfLanes(x, end, firstLane + half, half);
        }
        double sum = 0;
        for (int i = firstLane; i < end; i += 16) {
            sum += Math.abs(x[i]);
        }
        return sum;
    }

    static double sumRest(double sum, float[] x, int from, int to) {
        for (int i = from; i < to; i++) {
            sum += Math.abs(x[i]);
        }
        return Double.isNaN(sum) ? Double.NaN : sum; // one NaN for all, whichever of several won
    }

    static long countNonZero(float[] x, int from, int to) {
        long count = 0;
        for (int i = from; i < to; i++) {
            count += x[i] != 0 ? 1 : 0;
        }
        return count;
    }

    static long countNonFinite(float[] x, int from, int to) {
        long count = 0;
        for (int i = from; i < to; i++) {
            count += Float.isFinite(x[i]) ? 0 : 1;
        }
        return count;
    }
}
