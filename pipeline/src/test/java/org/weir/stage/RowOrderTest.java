package org.weir.stage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.weir.simd.Kernels;

/** Ranks against a sort by comparison. */
class RowOrderTest {

    private static final int[] ROWS = {1, 2, 3, 31, 256, 257, 896, 1001, 4096, 4864, 30_000};

    private interface Row {
        float element(int place, Random random);
    }

    private static Named<Row> row(String name, Row row) {
        return Named.of(name, row);
    }

    static Stream<Named<Row>> rows() {
        return Stream.of(
                row("numbers", (_, random) -> (float) random.nextGaussian()),
                row("all bits", (_, random) -> Float.intBitsToFloat(random.nextInt())),
                row("all equal", (_, _) -> -0.5f),
                row("zeros of both signs", (_, random) -> random.nextBoolean() ? 0f : -0f),
                row("two neighbours", (_, random) -> random.nextBoolean() ? 1 : Math.nextUp(1f)),
                row("one that differs", (place, _) -> place == 0 ? Float.MAX_VALUE : 1e-30f),
                row("two that are far apart", (place, _) -> place % 2 == 0 ? Float.MIN_VALUE : Float.NaN),
                row("geometric", (place, _) -> (float) Math.scalb(1.0, place % 280 - 150)),
                row("ascending", (place, _) -> place),
                row("descending", (place, _) -> 1e6f - place),
                row("few values", (_, random) -> random.nextInt(-9, 9) * 0x1p-14f),
                row("differences of bf16", (_, random) -> difference(random)),
                row("halves of ten bits", (_, random) -> random.nextInt(1 << 20) * 0x1p-30f),
                row("what is no number", (_, random) -> random.nextBoolean() ? Float.NaN : Float.NEGATIVE_INFINITY));
    }

    private static float difference(Random random) {
        float base = bf16(random);
        return bf16(random) - base;
    }

    private static float bf16(Random random) {
        return Float.intBitsToFloat(Float.floatToRawIntBits((float) random.nextGaussian() * 0.02f) & 0xffff0000);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void ofEqualMagnitudesTheFirstRankHigher(Row kind) {
        for (int row : ROWS) {
            Random random = new Random(row);
            float[] x = new float[row];
            for (int i = 0; i < row; i++) {
                x[i] = kind.element(i, random);
            }
            long[] expected = compared(x);
            assertArrayEquals(expected, ranks(x, true), row + " elements");
            assertArrayEquals(expected, ranks(x, false), row + " elements, no room for counters");
        }
    }

    private static long[] compared(float[] x) {
        int[] ascending = IntStream.range(0, x.length)
                .boxed()
                .sorted(Comparator.comparing((Integer i) -> Float.floatToRawIntBits(x[i]) & 0x7fffffff)
                        .thenComparing(Comparator.reverseOrder()))
                .mapToInt(i -> i)
                .toArray();
        long[] ranks = new long[x.length];
        for (int rank = 0; rank < x.length; rank++) {
            ranks[ascending[rank]] = rank;
        }
        return ranks;
    }

    /** In a table with numbers before, between and after what it may write to. */
    private static long[] ranks(float[] x, boolean counters) {
        int row = x.length;
        long[] table = new long[3 + row + 5 + row + 7 + RowOrder.COUNTERS + 9];
        Arrays.fill(table, -1);
        int entries = 3 + row + 5;
        int room = entries + row + 7;
        Kernels.scalar().rankEntries(x, 0, row, table, entries, 0);
        RowOrder.rank(table, entries, row, 3, counters ? room : -1);
        for (int i : new int[] {2, 3 + row, entries - 1, entries + row, room - 1, room + RowOrder.COUNTERS}) {
            assertEquals(-1, table[i], "entry " + i);
        }
        return Arrays.copyOfRange(table, 3, 3 + row);
    }
}
