package org.weir.simd;

import static org.weir.simd.Strips.assertSameBits;
import static org.weir.simd.Strips.assertSameNumbers;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** TIES' election in one look at the experts against its definition, which takes two. */
class ElectionTest {

    private final Kernels kernels = Kernels.best();

    /** First the sign of the sum over all experts, then the sum, or weighted mean, over those that carry it. */
    private static float twoPasses(float[][] deltas, float[] weights, int i, boolean normalize) {
        float total = 0;
        for (int e = 0; e < deltas.length; e++) {
            total += weights[e] * deltas[e][i];
        }
        if (Float.isNaN(total)) {
            return Float.NaN;
        }
        int sign = total >= 0 ? 1 : -1;
        float sum = 0;
        float weight = 0;
        for (int e = 0; e < deltas.length; e++) {
            float v = weights[e] * deltas[e][i];
            if (Math.signum(v) == sign) {
                sum += v;
                weight += weights[e];
            }
        }
        return !normalize ? sum : weight == 0 ? sum : sum / weight;
    }

    private float[] elect(float[][] deltas, float[] weights, boolean normalize) {
        int n = deltas[0].length;
        float[][] lane = new float[5][n];
        for (int e = 0; e < deltas.length; e++) {
            kernels.vote(lane[0], lane[1], lane[2], lane[3], lane[4], deltas[e], weights[e], n);
        }
        float[] out = new float[n];
        kernels.elect(out, lane[0], lane[1], lane[2], lane[3], lane[4], normalize, n);
        return out;
    }

    private float[] defined(float[][] deltas, float[] weights, boolean normalize) {
        float[] out = new float[deltas[0].length];
        for (int i = 0; i < out.length; i++) {
            out[i] = twoPasses(deltas, weights, i, normalize);
        }
        return out;
    }

    @Property(tries = 200)
    void oneLookGivesTheBitsOfTwo(
            @ForAll @IntRange(min = 1, max = 9) int experts, @ForAll long seed, @ForAll boolean normalize) {
        Random random = new Random(seed);
        float[][] deltas = new float[experts][];
        float[] weights = new float[experts];
        for (int e = 0; e < experts; e++) {
            deltas[e] = Strips.numbers(257, random);
            weights[e] = random.nextInt(4) == 0 ? random.nextInt(-2, 3) : (float) random.nextGaussian();
        }
        assertSameBits(defined(deltas, weights, normalize), elect(deltas, weights, normalize), "seed " + seed);
    }

    @Property(tries = 100)
    void nansAndInfinitiesElectAsDefined(@ForAll long seed, @ForAll boolean normalize) {
        Random random = new Random(seed);
        float[][] deltas = {Strips.anything(100, random), Strips.anything(100, random), Strips.anything(100, random)};
        float[] weights = {1, -0.5f, (float) random.nextGaussian()};
        assertSameNumbers(defined(deltas, weights, normalize), elect(deltas, weights, normalize), "seed " + seed);
    }

    /** In order, 1e8 - 1e8 - 1 = -1 elects minus; positives + negatives, 1e8 + (-1e8 - 1) = 0 in f32, would elect plus. */
    @Test
    void cancellationVotesAsTheInOrderSumDoes() {
        float[][] deltas = {filled(1e8f), filled(-1e8f), filled(-1)};
        float[] weights = {1, 1, 1};
        assertSameBits(filled(-1e8f / 2), elect(deltas, weights, true), "mean");
        assertSameBits(filled(-1e8f), elect(deltas, weights, false), "sum");
    }

    @Test
    void aSumOfExactlyZeroElectsPlus() {
        assertSameBits(filled(3), elect(new float[][] {filled(3), filled(-3)}, new float[] {1, 1}, true), "3 - 3");
    }

    @Test
    void zerosNeverAgree() {
        float[][] deltas = {filled(0), filled(4), filled(-0f)};
        assertSameBits(filled(4), elect(deltas, new float[] {5, 1, 5}, true), "0, 4, -0");
        float[][] nothing = {filled(0), filled(-0f)};
        assertSameBits(filled(0), elect(nothing, new float[] {1, 1}, true), "0, -0");
    }

    /** Weights 1 and -1 agree on plus here, 2 and 4, and sum to 0: the sum stays undivided. */
    @Test
    void weightsThatSumToZeroDivideByOne() {
        float[][] deltas = {filled(2), filled(-4)};
        assertSameBits(filled(6), elect(deltas, new float[] {1, -1}, true), "2 + 4");
    }

    private static float[] filled(float value) {
        float[] x = new float[37];
        Arrays.fill(x, value);
        return x;
    }
}
