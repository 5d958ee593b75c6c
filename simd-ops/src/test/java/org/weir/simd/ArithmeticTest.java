package org.weir.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.weir.simd.Strips.assertSameBits;
import static org.weir.simd.Strips.assertSameNumbers;

import java.util.Arrays;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/**
 * Single operations against the same in double: with 53 bits, rounding to double and then to float is rounding once, for
 * one addition, subtraction, multiplication or division of floats.
 */
class ArithmeticTest {

    private static final int N = 1000;

    private final Kernels kernels = Kernels.best();

    private static float[] expected(IntToDoubleFunction formula) {
        float[] out = new float[N];
        for (int i = 0; i < N; i++) {
            out[i] = (float) formula.applyAsDouble(i);
        }
        return out;
    }

    @RepeatedTest(20)
    void eachRoundsOnceAsDoubleArithmeticDoes(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        float[] x = Strips.anything(N, random);
        float[] y = Strips.anything(N, random);
        double w = Strips.weight(random);

        float[] out = x.clone();
        kernels.subtract(out, y, N);
        assertSameNumbers(expected(i -> (double) x[i] - y[i]), out, "x - y");

        out = x.clone();
        kernels.scale(out, (float) w, N);
        assertSameNumbers(expected(i -> w * x[i]), out, "x * " + w);

        out = x.clone();
        kernels.divide(out, (float) w, N);
        assertSameNumbers(expected(i -> x[i] / w), out, "x / " + w);

        out = x.clone();
        kernels.addWeighted(out, y, (float) w, N);
        assertSameNumbers(expected(i -> (double) x[i] + (float) (w * y[i])), out, "x + y * " + w);

        out = x.clone();
        kernels.addBase(out, y, N);
        assertSameNumbers(expected(i -> x[i] == 0 ? y[i] : (double) y[i] + x[i]), out, "y + x");
    }

    @Test
    void anUnchangedElementGivesTheBitsOfTheBaseBack() {
        float[] base = Strips.anything(N, new Random(5));
        float[] delta = new float[N];
        for (int i = 0; i < N; i++) {
            delta[i] = i % 2 == 0 ? 0f : -0f;
        }
        kernels.addBase(delta, base, N);
        assertSameBits(base, delta, "base + 0");
    }

    @Test
    void aNanThatIsThereStaysAsItIs() {
        float nan = Float.intBitsToFloat(0x7f812345);
        float[] nans = new float[N];
        Arrays.fill(nans, nan);
        float[] sum = nans.clone();
        kernels.addWeighted(sum, Strips.anything(N, new Random(6)), 2, N);
        assertSameBits(nans, sum, "NaN + 2x");

        float[] x = Strips.anything(N, new Random(7));
        kernels.addBase(x, nans, N);
        assertSameBits(nans, x, "NaN + x");
    }

    @Test
    void countsWhatIsNotZeroAndWhatIsNotFinite() {
        float[] x = {0, -0f, 1, -1e-45f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0, 3, 0};
        float[] many = new float[10 * N];
        for (int i = 0; i < many.length; i++) {
            many[i] = x[i % 10];
        }
        assertEquals(6 * N, kernels.countNonZero(many, many.length));
        assertEquals(3 * N, kernels.countNonFinite(many, many.length));
    }
}
