package org.weir.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exponentials and logarithms against series in decimals and against the JDK's, sums of them against their definitions. */
class SoftmaxTest {

    private static final MathContext DIGITS = new MathContext(40);
    private static final double EXP_ERROR = 0x1p-52;
    private static final double LOG_ERROR = 0x1p-50;

    private final Kernels kernels = Kernels.best();

    /** By the kernel, so by the vectors of this run's width where 16 are asked for. */
    private double exp(float x) {
        float[] sixteen = new float[16];
        Arrays.fill(sixteen, Float.NEGATIVE_INFINITY);
        sixteen[5] = x;
        return kernels.sumOfExponentials(sixteen, 0, 16);
    }

    /** The series of e^(x/1024), to the 1024th. */
    private static BigDecimal exact(float x) {
        BigDecimal part = new BigDecimal(x).divide(BigDecimal.valueOf(1024), DIGITS);
        BigDecimal term = BigDecimal.ONE;
        BigDecimal sum = BigDecimal.ONE;
        for (int i = 1; i < 40; i++) {
            term = term.multiply(part, DIGITS).divide(BigDecimal.valueOf(i), DIGITS);
            sum = sum.add(term, DIGITS);
        }
        return sum.pow(1024, new MathContext(60));
    }

    private static void assertClose(BigDecimal expected, double found, double error, String what) {
        double off = new BigDecimal(found)
                .subtract(expected)
                .divide(expected, DIGITS)
                .doubleValue();
        assertTrue(Math.abs(off) <= error, what + ": off by " + off);
    }

    @ParameterizedTest
    @ValueSource(floats = {1e-6f, 0.02f, 0.35f, 1, 10, 700})
    void exponentialsAreRightToTheLastBits(float largest) {
        Random random = new Random(1);
        for (int i = 0; i < 3000; i++) {
            float x = (random.nextFloat() * 2 - 1) * largest;
            assertClose(exact(x), exp(x), EXP_ERROR, "e^" + x);
        }
    }

    @Test
    void exponentialsAreRightWhereTheirExponentChanges() {
        for (int half = -2044; half <= 2046; half++) {
            float x = (float) (half * Math.log(2) / 2);
            for (float near : new float[] {Math.nextDown(x), x, Math.nextUp(x)}) {
                assertClose(exact(near), exp(near), EXP_ERROR, "e^" + near);
            }
        }
    }

    @Test
    void exponentialsEndWhereDoublesDo() {
        assertEquals(1, exp(0));
        assertEquals(1, exp(-0f));
        assertEquals(1, exp(Float.MIN_VALUE));
        assertClose(exact(709.43f), exp(709.43f), EXP_ERROR, "the largest");
        assertClose(exact(-708.7f), exp(-708.7f), EXP_ERROR, "the smallest");
        for (float x : new float[] {709.45f, 709.5f, 710, 1e30f, Float.MAX_VALUE, Float.POSITIVE_INFINITY}) {
            assertEquals(Double.POSITIVE_INFINITY, exp(x), "e^" + x);
            assertEquals(0, exp(-x), "e^-" + x);
        }
        assertTrue(Double.isNaN(exp(Float.NaN)));
    }

    @Test
    void logarithmsOfRatiosAreRightToTheLastBits() {
        Random random = new Random(2);
        for (int i = 0; i < 200_000; i++) {
            double q = Math.exp(-20 * random.nextDouble());
            double p = q * Math.exp((random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(-12, 2)));
            double difference = p - q; // exact where the logarithm is small
            double expected = Math.abs(difference) < q / 4 ? StrictMath.log1p(difference / q) : StrictMath.log(p / q);
            double found = ScalarSoftmax.logOfRatio(p, q);
            assertEquals(expected, found, Math.abs(expected) * LOG_ERROR, "ln " + p + "/" + q);
        }
        assertEquals(0, ScalarSoftmax.logOfRatio(0.3, 0.3));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 17, 896, 1000})
    void sumsAndDivergencesAreThoseOfTheDefinition(int n) {
        Random random = new Random(n);
        float[] x = Strips.numbers(n, random);
        float[] base = Strips.numbers(n, random);
        x[n / 2] = 30; // here p is 1e-8 elsewhere, and far from q
        double sum = sum(x);
        double baseSum = sum(base);
        assertEquals(sum, kernels.sumOfExponentials(x, 0, n), sum * 1e-14);
        double expected = 0;
        double size = 0;
        for (int i = 0; i < n; i++) {
            double p = Math.exp(x[i]) / sum + 1e-8;
            double q = Math.exp(base[i]) / baseSum + 1e-8;
            expected += p * Math.log(p / q);
            size += Math.abs(p * Math.log(p / q));
        }
        assertEquals(expected, kernels.divergence(x, sum, base, baseSum, 1e-8, 0, n), 1e-15 + size * 1e-14);
    }

    private static double sum(float[] x) {
        return DoubleStream.iterate(0, i -> i < x.length, i -> i + 1)
                .map(i -> Math.exp(x[(int) i]))
                .sum();
    }

    @Test
    void whatIsNotANumberShowsInTheDivergence() {
        for (int bad = 0; bad < 40; bad++) {
            float[] x = new float[40];
            float[] y = new float[40];
            x[bad] = Float.NaN;
            assertTrue(Double.isNaN(kernels.divergence(x, 40, y, 40, 1e-8, 0, 40)), "expert, " + bad);
            assertTrue(Double.isNaN(kernels.divergence(y, 40, x, 40, 1e-8, 0, 40)), "base, " + bad);
            x[bad] = Float.POSITIVE_INFINITY;
            double infinite = kernels.sumOfExponentials(x, 0, 40);
            assertEquals(Double.POSITIVE_INFINITY, infinite);
            assertTrue(Double.isNaN(kernels.divergence(x, infinite, y, 40, 1e-8, 0, 40)), "expert, " + bad);
            assertTrue(Double.isNaN(kernels.divergence(y, 40, x, infinite, 1e-8, 0, 40)), "base, " + bad);
        }
    }
}
