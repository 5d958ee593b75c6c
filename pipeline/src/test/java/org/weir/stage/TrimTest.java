package org.weir.stage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The definition here sorts; the product counts. */
final class TrimTest {

    private static final int FULL_TABLE = 65_537;

    @ParameterizedTest
    @CsvSource({
        "1,0.5",
        "2,0.5",
        "7,0.2",
        "2047,0.1",
        "2048,0.9",
        "2049,0.333",
        "5000,0.001",
        "262143,0.2",
        "262144,0.2",
        "262145,0.2",
        "300000,0.2",
        "300000,0.9999"
    })
    void keepsExactlyTheLargestOfContinuousValues(int n, double density) {
        float[] deltas = gaussian(n, 1);
        assertArrayEquals(
                sorted(deltas, density), Measured.apply(new Trim(density, false, Scope.TENSOR), deltas, FULL_TABLE));
    }

    /** Values on a coarse grid: a fifth of all elements sit on the threshold, as in bf16 checkpoints. */
    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.2, 0.5, 0.77, 0.999})
    void equalMagnitudesStayLowestIndexFirst(double density) {
        float[] deltas = onGrid(600_000, 2);
        assertArrayEquals(
                sorted(deltas, density), Measured.apply(new Trim(density, false, Scope.TENSOR), deltas, FULL_TABLE));
    }

    @ParameterizedTest
    @ValueSource(ints = {1024, 1025, 5000, 16_384, 65_537})
    void findsTheSameWithTablesOfAnySize(int tableEntries) {
        float[] deltas = onGrid(40_000, 3);
        float[] fine = gaussian(40_000, 4);
        Trim trim = new Trim(0.2, false, Scope.TENSOR);
        assertArrayEquals(sorted(deltas, 0.2), Measured.apply(trim, deltas, tableEntries));
        assertArrayEquals(sorted(fine, 0.2), Measured.apply(trim, fine, tableEntries));
    }

    @Test
    void keepTiesKeepsEveryEntryEqualToTheThreshold() {
        float[] deltas = {1, -2, 2, 0, 2, -2, 3};
        assertArrayEquals(
                new float[] {0, -2, 2, 0, 2, -2, 3},
                Measured.apply(new Trim(0.3, true, Scope.TENSOR), deltas, FULL_TABLE));
        assertArrayEquals(
                new float[] {0, -2, 0, 0, 0, 0, 3},
                Measured.apply(new Trim(0.3, false, Scope.TENSOR), deltas, FULL_TABLE));
    }

    @Test
    void aTensorTooSmallForItsDensityKeepsItsLargestEntry() {
        assertArrayEquals(
                new float[] {0, -5, 0},
                Measured.apply(new Trim(0.01, false, Scope.TENSOR), new float[] {1, -5, 5}, FULL_TABLE));
    }

    @Test
    void moreToKeepThanThereAreNonZerosKeepsThemAll() {
        float[] deltas = new float[10_000];
        deltas[17] = 1e-30f;
        deltas[9_000] = -3;
        assertArrayEquals(deltas, Measured.apply(new Trim(0.5, false, Scope.TENSOR), deltas, FULL_TABLE));
    }

    @Test
    void nanCountsAsTheLargestAndStays() {
        float[] trimmed = Measured.apply(
                new Trim(0.5, false, Scope.TENSOR), new float[] {1, Float.NaN, Float.POSITIVE_INFINITY, 2}, FULL_TABLE);
        assertArrayEquals(new float[] {0, Float.NaN, Float.POSITIVE_INFINITY, 0}, trimmed);
    }

    @Test
    void wholeModelScopeRanksAcrossTensorsInTheirOrder() {
        float[] a = onGrid(300_000, 5);
        float[] b = onGrid(70_000, 6);
        float[] c = onGrid(262_144, 7);
        TileOp ready = Measured.ready(new Trim(0.2, false, Scope.MODEL), FULL_TABLE, a, b, c);
        float[] joined = joined(a, b, c);
        float[] expected = sorted(joined, 0.2);
        float[] actual = joined(Measured.run(ready, a, 0), Measured.run(ready, b, 2), Measured.run(ready, c, 3));
        assertArrayEquals(expected, actual);
    }

    /** All the large values lie where no run of the sample looks: the first bracket is wrong, the result is not. */
    @Test
    void aMisleadingSampleCostsReadingsNotExactness() {
        float[] deltas = gaussian(400_000, 8);
        for (int i = 100_000; i < 120_000; i++) {
            deltas[i] *= 1000;
        }
        for (double density : new double[] {0.0001, 0.01, 0.04, 0.9}) {
            assertArrayEquals(
                    sorted(deltas, density),
                    Measured.apply(new Trim(density, false, Scope.TENSOR), deltas, FULL_TABLE));
        }
    }

    private static float[] sorted(float[] deltas, double density) {
        int k = Math.max(1, (int) (density * deltas.length));
        Integer[] order = IntStream.range(0, deltas.length).boxed().toArray(Integer[]::new);
        Arrays.sort(order, Comparator.comparingDouble((Integer i) -> -Math.abs(deltas[i]))); // stable
        float[] kept = new float[deltas.length];
        for (int i = 0; i < k; i++) {
            kept[order[i]] = deltas[order[i]];
        }
        for (int i = 0; i < kept.length; i++) {
            kept[i] += 0f; // a dropped or kept −0 is as good as +0
        }
        return kept;
    }

    private static float[] gaussian(int n, long seed) {
        Random random = new Random(seed);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) (random.nextGaussian() * 1e-3);
        }
        return values;
    }

    private static float[] onGrid(int n, long seed) {
        float[] values = gaussian(n, seed);
        for (int i = 0; i < n; i++) {
            values[i] = Math.round(values[i] * 4096) / 4096f + 0f;
        }
        return values;
    }

    private static float[] joined(float[]... parts) {
        float[] all = new float[Arrays.stream(parts).mapToInt(p -> p.length).sum()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }
}
