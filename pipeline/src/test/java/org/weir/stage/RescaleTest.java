package org.weir.stage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.weir.simd.CounterRandom;

final class RescaleTest {

    @Test
    void restoresTheL1NormThatTrimmingTook() {
        float[] deltas = deltas(600_001);
        float[] rescaled = Measured.apply(new Rescale(new Trim(0.2, false, Scope.TENSOR)), deltas, 65_537);
        assertEquals(1, l1(rescaled) / l1(deltas), 1e-6);
    }

    @Test
    void restoresTheL1NormThatDroppingTook() {
        float[] deltas = deltas(5_000);
        Dropout dropout = new Dropout(0.1, CounterRandom.of(1, 2, "w"));
        float[] rescaled = Measured.apply(new Rescale(dropout), deltas, 1024);
        assertEquals(1, l1(rescaled) / l1(deltas), 1e-6);
        float factor = (float) (l1(deltas) / l1(Measured.apply(dropout, deltas, 1024)));
        float[] expected = Measured.apply(dropout, deltas, 1024);
        for (int i = 0; i < expected.length; i++) {
            expected[i] *= factor;
        }
        assertArrayEquals(expected, rescaled, 1e-9f);
    }

    @Test
    void leavesNextToNothingAlone() {
        float[] zeros = new float[100];
        assertArrayEquals(zeros, Measured.apply(new Rescale(new Trim(0.5, false, Scope.TENSOR)), zeros, 1024));
    }

    private static float[] deltas(int n) {
        Random random = new Random(n);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static double l1(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += Math.abs((double) value);
        }
        return sum;
    }
}
