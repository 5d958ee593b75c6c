package org.weir.stage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.weir.simd.Kernels;

final class FoldTest {

    private static final Kernels KERNELS = Kernels.best();

    @Test
    void electionEqualsTheDefinitionInTwoPassesBitForBit() {
        Random random = new Random(11);
        for (int round = 0; round < 200; round++) {
            int experts = 1 + random.nextInt(6);
            float[][] deltas = new float[experts][257];
            List<Double> weights = random.doubles(experts, -0.5, 1).boxed().toList();
            for (float[] expert : deltas) {
                for (int i = 0; i < expert.length; i++) {
                    expert[i] = random.nextInt(4) == 0 ? 0 : (random.nextInt(7) - 3) * 0.25f;
                }
            }
            boolean normalize = random.nextBoolean();
            assertArrayEquals(twoPasses(deltas, weights, normalize), run(new SignElection(weights, normalize), deltas));
        }
    }

    /** Positives + negatives would sum to −1 here and elect −; in order the sum is (1e8 − 1e8) − 1 too, but 1 + 1e8 is not. */
    @Test
    void cancellationVotesAsTheInOrderSumDoes() {
        float[][] deltas = {{1}, {1e8f}, {-1e8f}};
        assertArrayEquals(
                twoPasses(deltas, List.of(1.0, 1.0, 1.0), true),
                run(new SignElection(List.of(1.0, 1.0, 1.0), true), deltas));
        float[][] other = {{1e8f}, {-1e8f}, {-1}};
        assertArrayEquals(
                twoPasses(other, List.of(1.0, 1.0, 1.0), true),
                run(new SignElection(List.of(1.0, 1.0, 1.0), true), other));
    }

    @Test
    void anElectionThatEndsInZeroGoesToThePositives() {
        assertArrayEquals(new float[] {3}, run(new SignElection(List.of(1.0, 1.0), true), new float[][] {{3}, {-3}}));
    }

    @Test
    void aNanContributionIsNotLost() {
        float[] result = run(new SignElection(List.of(1.0, 1.0), true), new float[][] {{Float.NaN}, {1}});
        assertEquals(Float.NaN, result[0]);
    }

    @Test
    void aSumOfNegativeZerosStaysNegative() {
        float[] result = run(new WeightedSum(List.of(0.5, 0.5), 1), new float[][] {{-0f}, {-0f}});
        assertEquals(Float.floatToRawIntBits(-0f), Float.floatToRawIntBits(result[0]));
    }

    @Test
    void theMeanOfOneIsThatOne() {
        assertArrayEquals(new float[] {0.1f, -7e-42f}, run(new WeightedSum(List.of(1.0), 1), new float[][] {
            {0.1f, -7e-42f}
        }));
    }

    @Test
    void dividesBySumOfWeights() {
        assertArrayEquals(new float[] {2.5f}, run(new WeightedSum(List.of(1.0, 3.0), 4), new float[][] {{1}, {3}}));
    }

    private static float[] run(Fold fold, float[][] experts) {
        int n = experts[0].length;
        float[][] lanes = new float[fold.lanes()][Strip.ELEMENTS];
        Strip strip = new Strip();
        strip.moveTo(0, 0, n);
        fold.begin(lanes, n);
        for (int expert = 0; expert < experts.length; expert++) {
            System.arraycopy(experts[expert], 0, strip.values(), 0, n);
            fold.accept(expert, strip, lanes, KERNELS);
        }
        fold.finish(strip, lanes, KERNELS);
        return Arrays.copyOf(lanes[0], n);
    }

    /** First the vote over all experts, then the sum over those that agree, all in f32 and in order. */
    private static float[] twoPasses(float[][] deltas, List<Double> weights, boolean normalize) {
        float[] result = new float[deltas[0].length];
        for (int i = 0; i < result.length; i++) {
            float total = 0;
            for (int e = 0; e < deltas.length; e++) {
                total += weights.get(e).floatValue() * deltas[e][i];
            }
            float elected = total >= 0 ? 1 : -1;
            float sum = 0;
            float divisor = 0;
            for (int e = 0; e < deltas.length; e++) {
                float contribution = weights.get(e).floatValue() * deltas[e][i];
                if (Math.signum(contribution) == elected) {
                    sum += contribution;
                    divisor += weights.get(e).floatValue();
                }
            }
            result[i] = normalize ? sum / (divisor == 0 ? 1 : divisor) : sum;
        }
        return result;
    }
}
