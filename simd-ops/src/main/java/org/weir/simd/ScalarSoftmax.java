package org.weir.simd;

/**
 * What the softmax of a row and its divergence from another are made of, in double: the definition. The exponential and the
 * logarithm are our own, because those of the JDK have no vector twin that writes the same bits.
 */
final class ScalarSoftmax {

    /** Beyond these the exponential is infinite, or zero, by its exponent's bits alone. */
    static final float LEAST = -709;

    static final float LARGEST = 709.5f;

    static final double PER_LN2 = 0x1.71547652b82fep0;
    /** The logarithm of 2: so much of it that products with whole numbers to 2^20 are exact, and the rest. */
    static final double LN2_HIGH = 0x1.62e42feep-1;

    static final double LN2_LOW = 0x1.a39ef35793c76p-33;
    static final double LN2 = 0x1.62e42fefa39efp-1;

    /** Added to a number it leaves the nearest whole one in the last bits. */
    static final double TO_WHOLE = 0x1.8p52;

    static final int BIAS = 1023;
    static final int FRACTION_BITS = 52;
    static final long EXPONENT_MASK = 0x7ff0000000000000L;
    /** Added to the difference of two numbers' bits: half a unit of the exponent, and its bias. */
    static final long TO_NEAREST = ((long) BIAS << FRACTION_BITS) + (1L << (FRACTION_BITS - 1));
    /** 2^52, whose last bits count in ones. */
    static final long ONES = 0x4330000000000000L;

    static final double BIASED_ONES = 0x1p52 + BIAS;

    private ScalarSoftmax() {}

    static double sumOfExponentials(float[] x, int from, int to) {
        int end = from + (to - from & -16);
        return sumRest(sumOfLanes(x, from, end, 16), x, end, to);
    }

    private static double sumOfLanes(float[] x, int first, int end, int lanes) {
        if (lanes > 1) {
            int half = lanes / 2;
            return sumOfLanes(x, first, end, half) + sumOfLanes(x, first + half, end, half);
        }
        double sum = 0;
        for (int i = first; i < end; i += 16) {
            sum += exp(x[i]);
        }
        return sum;
    }

    static double sumRest(double sum, float[] x, int from, int to) {
        for (int i = from; i < to; i++) {
            sum += exp(x[i]);
        }
        return Double.isNaN(sum) ? Double.NaN : sum;
    }

    /**
     * e^x to 2^-52 of itself, infinite from 709.44 and 0 below -708.74, where it would be subnormal.
     *
     * <pre>
     *   x = n·ln 2 + r,  |r| <= 0.35        e^x = 2^n · (1 + r + r²/2! + ... + r^13/13!)
     * </pre>
     */
    static double exp(float x) {
        double limited = Math.max(LEAST, Math.min(LARGEST, x));
        double shifted = limited * PER_LN2 + TO_WHOLE;
        double n = shifted - TO_WHOLE;
        double r = limited - n * LN2_HIGH - n * LN2_LOW;
        double e = r * (1.0 / 6227020800L) + 1.0 / 479001600;
        e = e * r + 1.0 / 39916800;
        e = e * r + 1.0 / 3628800;
        e = e * r + 1.0 / 362880;
        e = e * r + 1.0 / 40320;
        e = e * r + 1.0 / 5040;
        e = e * r + 1.0 / 720;
        e = e * r + 1.0 / 120;
        e = e * r + 1.0 / 24;
        e = e * r + 1.0 / 6;
        e = e * r + 0.5;
        e = e * r + 1;
        e = e * r + 1;
        return e * Double.longBitsToDouble((Double.doubleToRawLongBits(shifted) + BIAS) << FRACTION_BITS);
    }

    static double divergence(float[] x, double sum, float[] base, double baseSum, double added, int from, int to) {
        int end = from + (to - from & -16);
        double lanes = divergenceOfLanes(x, 1 / sum, base, 1 / baseSum, added, from, end, 16);
        return divergenceRest(lanes, x, 1 / sum, base, 1 / baseSum, added, end, to);
    }

    private static double divergenceOfLanes(
            float[] x, double share, float[] base, double baseShare, double added, int first, int end, int lanes) {
        if (lanes > 1) {
            int half = lanes / 2;
            return divergenceOfLanes(x, share, base, baseShare, added, first, end, half)
                    + divergenceOfLanes(x, share, base, baseShare, added, first + half, end, half);
        }
        double sum = 0;
        for (int i = first; i < end; i += 16) {
            sum += term(x[i], share, base[i], baseShare, added);
        }
        return sum;
    }

    static double divergenceRest(
            double sum, float[] x, double share, float[] base, double baseShare, double added, int from, int to) {
        for (int i = from; i < to; i++) {
            sum += term(x[i], share, base[i], baseShare, added);
        }
        return Double.isNaN(sum) ? Double.NaN : sum;
    }

    private static double term(float x, double share, float base, double baseShare, double added) {
        double p = exp(x) * share + added;
        return p * logOfRatio(p, exp(base) * baseShare + added);
    }

    /**
     * ln(p/q) of positive normal numbers, to 2^-50 of itself. The difference of two numbers' bits is about that of their
     * logarithms: it tells which 2^k leaves p and 2^k·q within a factor of 1.5.
     *
     * <pre>
     *   s = (p - 2^k·q) / (p + 2^k·q),  |s| <= 0.2        ln(p/q) = k·ln 2 + 2·(s + s³/3 + s⁵/5 + ... + s^23/23)
     * </pre>
     */
    static double logOfRatio(double p, double q) {
        long power = Double.doubleToRawLongBits(p) - Double.doubleToRawLongBits(q) + TO_NEAREST;
        double k = Double.longBitsToDouble((power >>> FRACTION_BITS) | ONES) - BIASED_ONES;
        double near = q * Double.longBitsToDouble(power & EXPONENT_MASK);
        double s = (p - near) / (p + near);
        double z = s * s;
        double t = z * (1.0 / 23) + 1.0 / 21;
        t = t * z + 1.0 / 19;
        t = t * z + 1.0 / 17;
        t = t * z + 1.0 / 15;
        t = t * z + 1.0 / 13;
        t = t * z + 1.0 / 11;
        t = t * z + 1.0 / 9;
        t = t * z + 1.0 / 7;
        t = t * z + 1.0 / 5;
        t = t * z + 1.0 / 3;
        double twice = s + s;
        return k * LN2 + (twice * z * t + twice);
    }
}
