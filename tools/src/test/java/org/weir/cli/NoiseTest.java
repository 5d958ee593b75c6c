package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class NoiseTest {
    private static final int RUNS = 500;

    @Test
    void normalsHaveTheMeanVarianceAndKurtosisThatAreDocumented() {
        float[] x = new float[Noise.MAX_RUN];
        double[] moments = new double[5];
        for (int run = 0; run < RUNS; run++) {
            Noise.of(1, 2, "tensor", 0).normals((long) run * x.length, 0, 1, x, x.length);
            for (float value : x) {
                for (int power = 1; power <= 4; power++) {
                    moments[power] += Math.pow(value, power) / (RUNS * x.length);
                }
                assertTrue(Math.abs(value) < 3.47);
            }
        }
        assertEquals(0, moments[1], 0.005);
        assertEquals(1, moments[2], 0.005);
        assertEquals(0, moments[3], 0.01);
        assertEquals(2.7, moments[4], 0.02);
    }

    @Test
    void aValueDoesNotDependOnTheRunItIsIn() {
        Noise noise = Noise.of(1, 2, "tensor", 0);
        float[] whole = new float[Noise.MAX_RUN];
        float[] part = new float[100];
        noise.normals(1L << 33, 1, 0.5, whole, whole.length);
        noise.normals((1L << 33) + 50, 1, 0.5, part, part.length);
        assertArrayEquals(Arrays.copyOfRange(whole, 50, 150), part);
    }

    @Test
    void seedModelNameUseAndPlaceAllMatter() {
        float[] reference = run(Noise.of(1, 2, "ab", 0), 0);
        for (float[] other : new float[][] {
            run(Noise.of(2, 2, "ab", 0), 0),
            run(Noise.of(1, 3, "ab", 0), 0),
            run(Noise.of(1, 2, "ba", 0), 0),
            run(Noise.of(1, 2, "ab", 1), 0),
            run(Noise.of(1, 2, "ab", 0), 1L << 32),
        }) {
            assertNotEquals(Arrays.toString(reference), Arrays.toString(other));
            double correlation = 0;
            for (int i = 0; i < reference.length; i++) {
                correlation += (double) reference[i] * other[i] / reference.length;
            }
            assertEquals(0, correlation, 0.1);
        }
    }

    @Test
    void dropsTheShareThatWasAskedFor() {
        int zeros = 0;
        float[] x = new float[Noise.MAX_RUN];
        for (int run = 0; run < RUNS; run++) {
            Arrays.fill(x, 1);
            Noise.of(1, 2, "tensor", 1).dropShare((long) run * x.length, 0.7, x, x.length);
            for (float value : x) {
                zeros += value == 0 ? 1 : 0;
            }
        }
        assertEquals(0.7, (double) zeros / (RUNS * x.length), 0.002);
    }

    private static float[] run(Noise noise, long first) {
        float[] x = new float[Noise.MAX_RUN];
        noise.normals(first, 0, 1, x, x.length);
        return x;
    }
}
