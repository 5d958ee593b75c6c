package org.weir.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.weir.simd.Strips.assertSameBits;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Stochastic rounding against the formats' definition: exact numbers stay, the others go to a neighbour, right on average. */
class RoundingTest {

    private static final int DRAWS = 1 << 16;

    /** Rounds in place. */
    private interface Rounding {
        void round(float[] x, int n, CounterRandom stream, long firstElement);
    }

    private record Case(Rounding rounding, NearestEven format) {}

    static Stream<Named<Case>> cases() {
        Kernels scalar = new ScalarKernels("scalar loops");
        Kernels best = Kernels.best();
        NearestEven bf16 = new NearestEven(8, 7);
        NearestEven f16 = new NearestEven(5, 10);
        return Stream.of(
                Named.of("bf16", new Case(best::roundToBf16, bf16)),
                Named.of("bf16, scalar", new Case(scalar::roundToBf16, bf16)),
                Named.of("f16", new Case(best::roundToF16, f16)),
                Named.of("f16, scalar", new Case(scalar::roundToF16, f16)));
    }

    private static float[] rounded(Case c, float[] x, long seed) {
        float[] rounded = x.clone();
        c.rounding.round(rounded, x.length, CounterRandom.ofResult(seed, "t"), 0);
        return rounded;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyNumberOfTheFormatStaysWhatItIs(Case c) {
        float[] all = new float[2 * (c.format.infinity() + 1)];
        for (int magnitude = 0; magnitude <= c.format.infinity(); magnitude++) {
            all[2 * magnitude] = c.format.decode(magnitude);
            all[2 * magnitude + 1] = c.format.decode(0x8000 | magnitude);
        }
        for (long seed = 0; seed < 20; seed++) {
            assertSameBits(all, rounded(c, all, seed), "seed " + seed);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aNanStaysWhatItIs(Case c) {
        Random random = new Random(1);
        float[] nans = new float[20_000];
        for (int i = 0; i < nans.length; i++) {
            int payload = random.nextInt(1, 1 << 23);
            nans[i] = Float.intBitsToFloat(random.nextInt() & 0x80000000 | 0x7f800000 | payload);
        }
        assertSameBits(nans, rounded(c, nans, 2), "NaN");
    }

    /** Three numbers between each two of the format; {@link NearestEven#decode} says what these are. */
    @ParameterizedTest
    @MethodSource("cases")
    void anyOtherNumberGoesToOneOfItsNeighbours(Case c) {
        int infinity = c.format.infinity();
        float[] x = new float[6 * (infinity - 1)];
        for (int magnitude = 0; magnitude < infinity - 1; magnitude++) {
            float middle = c.format.middleAbove(magnitude);
            float lower = c.format.decode(magnitude);
            float[] between = {Math.nextUp(lower), middle, Math.nextDown(c.format.decode(magnitude + 1))};
            for (int i = 0; i < 3; i++) {
                x[6 * magnitude + i] = between[i];
                x[6 * magnitude + 3 + i] = -between[i];
            }
        }
        long ups = 0;
        for (long seed = 0; seed < 4; seed++) {
            float[] rounded = rounded(c, x, seed);
            for (int i = 0; i < x.length; i++) {
                int sign = i % 6 < 3 ? 0 : 0x8000;
                float lower = c.format.decode(sign | i / 6);
                float upper = c.format.decode(sign | i / 6 + 1);
                boolean up = Float.floatToRawIntBits(rounded[i]) == Float.floatToRawIntBits(upper);
                boolean down = Float.floatToRawIntBits(rounded[i]) == Float.floatToRawIntBits(lower);
                assertTrue(up || down, x[i] + " became " + rounded[i]);
                ups += up ? 1 : 0;
            }
        }
        assertEquals(2L * x.length, ups, 6 * Math.sqrt(x.length));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void goesUpAsOftenAsItLiesAboveTheLowerOne(Case c) {
        Random random = new Random(3);
        for (int i = 0; i < 200; i++) {
            int magnitude = i < 40 ? i : random.nextInt(c.format.infinity() - 1);
            float lower = c.format.decode(magnitude);
            float upper = c.format.decode(magnitude + 1);
            float value = (float) (lower + ((double) upper - lower) * random.nextDouble());
            double share = ((double) value - lower) / ((double) upper - lower);
            float[] x = new float[DRAWS];
            Arrays.fill(x, i % 2 == 0 ? value : -value);
            int ups = 0;
            for (float each : rounded(c, x, i)) {
                ups += Math.abs(each) == upper ? 1 : 0;
            }
            if (value != lower && value != upper) {
                assertEquals(
                        DRAWS * share, ups, 4.5 * Math.sqrt(DRAWS * share * (1 - share)) + 1, "%a".formatted(value));
            }
        }
    }

    /** Numbers far below the smallest of the format; the chance is so small that it hardly ever happens, but it does. */
    @Test
    void numbersBelowTheSmallestGoUpInProportionToo() {
        for (float value : new float[] {0x1p-25f, 0x1p-30f, 0x1.8p-33f, 0x1p-36f}) {
            int draws = 1 << 22;
            float[] x = new float[draws];
            Arrays.fill(x, value);
            Kernels.best().roundToF16(x, draws, CounterRandom.ofResult(9, "t"), 1L << 40);
            int ups = 0;
            for (float each : x) {
                ups += each == 0x1p-24f ? 1 : 0;
            }
            double share = value / 0x1p-24;
            assertEquals(draws * share, ups, 4.5 * Math.sqrt(draws * share) + 1, "%a".formatted(value));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void placeDecidesWhateverTheStrips(Case c) {
        float[] x = Strips.anything(4096, new Random(4));
        CounterRandom stream = CounterRandom.ofResult(5, "t");
        long first = (1L << 32) - 1000;
        float[] whole = x.clone();
        c.rounding.round(whole, x.length, stream, first);
        float[] parts = new float[x.length];
        for (int at = 0, n = 1; at < x.length; at += n, n = Math.min(3 * n, x.length - at)) {
            float[] part = Arrays.copyOfRange(x, at, at + n);
            c.rounding.round(part, n, stream, first + at);
            System.arraycopy(part, 0, parts, at, n);
        }
        assertSameBits(whole, parts, "in parts");
    }
}
