package org.weir.simd;

/** The definitions of rounding at random, over ranges {@code [from, to)}; see {@link Kernels}. */
final class ScalarRounding {

    static final int INFINITY = 0x7f800000;
    static final int SMALLEST_NORMAL_F16 = 113 << 23;

    private ScalarRounding() {}

    /** {@code firstElement} is the place of {@code x[0]}, whatever {@code from} is. */
    static void roundToBf16(float[] x, int from, int to, CounterRandom stream, long firstElement) {
        for (int i = from; i < to; i++) {
            int bits = Float.floatToRawIntBits(x[i]);
            if (ScalarMagnitudes.magnitudeBits(x[i]) <= INFINITY) {
                int carried = bits + (stream.bits(firstElement + i) >>> 16);
                x[i] = Float.intBitsToFloat(carried & 0xffff0000);
            }
        }
    }

    /**
     * Of a number with 24 significant bits F16 keeps 11, fewer where its exponent ends. The random bits take the place of
     * those that go, and carry as often as they should:
     *
     * <pre>
     *   normal       mmmmmmmmmmm|ddddddddddddd        + 13 random bits, then 13 zeros
     *   subnormal    mmmm|dddddddddddddddddddd        counted in units of 2^-24, the smallest F16
     * </pre>
     */
    static void roundToF16(float[] x, int from, int to, CounterRandom stream, long firstElement) {
        for (int i = from; i < to; i++) {
            int magnitude = ScalarMagnitudes.magnitudeBits(x[i]);
            int sign = Float.floatToRawIntBits(x[i]) & 0x80000000;
            int random = stream.bits(firstElement + i);
            if (magnitude >= SMALLEST_NORMAL_F16 && magnitude <= INFINITY) {
                x[i] = Float.intBitsToFloat(sign | (magnitude + (random >>> 19) & 0xffffe000));
            } else if (magnitude < SMALLEST_NORMAL_F16) {
                int exponent = Math.max(magnitude >>> 23, 1);
                int significand = magnitude - ((exponent - 1) << 23);
                int dropped = 126 - exponent;
                int beyond = Math.clamp(dropped - 31L, 0, 31);
                int shift = Math.min(dropped, 31);
                int units = ((significand >>> beyond) + (random >>> (32 - shift))) >>> shift;
                x[i] = Float.intBitsToFloat(sign | Float.floatToRawIntBits(units * 0x1p-24f));
            }
        }
    }
}
