package org.weir.simd;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.Random;

/** Strips for tests: awkward content, awkward lengths, and equality of bits. */
final class Strips {

    /** 0, 1, and L-1, L, L+1, 2L-1 .. 4L+1 for every vector length L in use (4, 8, 16), then long ones. */
    static final int[] LENGTHS = {0, 1, 2, 3, 4, 5, 7, 8, 9, 11, 15, 16, 17, 23, 31, 32, 33, 47, 63, 64, 65, 1000, 4096
    };

    /** Both zeros, both ends of the subnormals, ones, ends of the range, infinities; NaNs quiet and not, of either sign. */
    private static final int[] SPECIAL_BITS = {
        0x00000000, 0x80000000, 0x00000001, 0x80000001, 0x007fffff, 0x00800000, 0x3f800000, 0xbf800000, 0x7f7fffff,
        0xff7fffff, 0x7f800000, 0xff800000, 0x7fc00000, 0xffc00000, 0x7f800001, 0xffbfffff, 0x7fffffff, 0x7fd5aaaa
    };

    private Strips() {}

    /** Anything a file could hold: special values, random bits, ordinary and huge numbers, multiples of a power of two. */
    static float[] anything(int n, Random random) {
        float[] x = new float[n];
        int flavour = random.nextInt(5);
        for (int i = 0; i < n; i++) {
            x[i] = switch (flavour == 4 ? random.nextInt(4) : flavour) {
                case 0 -> Float.intBitsToFloat(SPECIAL_BITS[random.nextInt(SPECIAL_BITS.length)]);
                case 1 -> Float.intBitsToFloat(random.nextInt());
                case 2 -> (float) (random.nextGaussian() * 0.02);
                default -> random.nextInt(-8, 9) * 0x1p-9f;
            };
        }
        return x;
    }

    /** Numbers only, of one scale, with equal magnitudes and zeros of both signs among them. */
    static float[] numbers(int n, Random random) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            float coarse = random.nextInt(-8, 9) * 0x1p-9f;
            x[i] = random.nextBoolean()
                    ? (float) (random.nextGaussian() * 0.02)
                    : Math.copySign(coarse, random.nextInt());
        }
        return x;
    }

    static float weight(Random random) {
        float[] weights = {0, -0f, 1, -1, 0.5f, 1e30f, 1e-40f, (float) random.nextGaussian(), random.nextFloat()};
        return weights[random.nextInt(weights.length)];
    }

    static void assertSameBits(float[] expected, float[] actual, String what) {
        assertSame(expected, actual, what, false);
    }

    /** Equality of bits, but for NaNs, of which one is as good as another. */
    static void assertSameNumbers(float[] expected, float[] actual, String what) {
        assertSame(expected, actual, what, true);
    }

    private static void assertSame(float[] expected, float[] actual, String what, boolean anyNan) {
        for (int i = 0; i < Math.max(expected.length, actual.length); i++) {
            int e = anyNan ? Float.floatToIntBits(expected[i]) : Float.floatToRawIntBits(expected[i]);
            int a = anyNan ? Float.floatToIntBits(actual[i]) : Float.floatToRawIntBits(actual[i]);
            if (e != a) {
                fail("%s, element %d of %d: expected %s (0x%08x), found %s (0x%08x)"
                        .formatted(what, i, expected.length, expected[i], e, actual[i], a));
            }
        }
    }
}
