package org.weir.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.weir.simd.Strips.assertSameBits;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The kernels of this run's width against the scalar definition. */
class TwinsTest {

    private static final Kernels SCALAR = new ScalarKernels("scalar loops");
    private static final Kernels BEST = Kernels.best();

    private static final int ROUNDS = 40;
    private static final int BINS = 300;

    /** One call of one kernel on six strips, with any further arguments drawn from {@code random}; returns what it returns. */
    private interface Call {
        double on(Kernels kernels, float[][] s, long[] bins, int n, Random random);
    }

    private static Named<Call> call(String name, Call call) {
        return Named.of(name, call);
    }

    private interface VoidCall {
        void on(Kernels kernels, float[][] s, int n, Random random);
    }

    private static Named<Call> call(String name, VoidCall call) {
        return call(name, (k, s, _, n, random) -> {
            call.on(k, s, n, random);
            return 0;
        });
    }

    static Stream<Named<Call>> calls() {
        return Stream.of(
                call("subtract", (k, s, n, _) -> k.subtract(s[0], s[1], n)),
                call("scale", (k, s, n, random) -> k.scale(s[0], Strips.weight(random), n)),
                call("divide", (k, s, n, random) -> k.divide(s[0], Strips.weight(random), n)),
                call("addWeighted", (k, s, n, random) -> k.addWeighted(s[0], s[1], Strips.weight(random), n)),
                call("addWeighted to a range", (k, s, n, random) -> {
                    int from = random.nextInt(n + 1);
                    k.addWeightedRange(s[0], s[1], Strips.weight(random), from, random.nextInt(from, n + 1));
                }),
                call("addWeightedEach", (k, s, n, random) -> {
                    int from = random.nextInt(n + 1);
                    float[] weights = Strips.numbers(n + 5, random);
                    k.addWeightedEach(s[0], s[1], weights, 3, from, random.nextInt(from, n + 1));
                }),
                call("raise", (k, s, n, random) -> k.raise(s[0], Strips.weight(random), Strips.weight(random), n)),
                call("addWeightedBy", (k, s, n, random) -> k.addWeightedBy(s[0], s[1], s[2], Strips.weight(random), n)),
                call("divideBy", (k, s, n, random) -> k.divideBy(s[0], s[1], s[2], Strips.weight(random), n)),
                call("dot", (k, s, _, n, random) -> {
                    int from = random.nextInt(n + 1);
                    return k.dot(s[0], s[1], from, random.nextInt(from, n + 1));
                }),
                call("sumOfExponentials", (k, s, _, n, random) -> {
                    int from = random.nextInt(n + 1);
                    return k.sumOfExponentials(exponents(s[0], random), from, random.nextInt(from, n + 1));
                }),
                call("divergence", (k, s, _, n, random) -> {
                    int from = random.nextInt(n + 1);
                    int to = random.nextInt(from, n + 1);
                    float[] x = exponents(s[0], random);
                    double sum = random.nextInt(9) == 0 ? Strips.weight(random) : 1 + random.nextInt(900);
                    return k.divergence(x, sum, exponents(s[1], random), n + 1, 1e-8, from, to);
                }),
                call("addProducts", (k, s, bins, n, random) -> {
                    int from = random.nextInt(n + 1);
                    int to = Math.min(random.nextInt(from, n + 1), from + BINS);
                    double[] sums = new double[bins.length];
                    k.addProducts(sums, 3, s[2], s[3], from, to);
                    k.addProducts(sums, 3, s[0], s[1], from, to);
                    Arrays.setAll(bins, i -> Double.doubleToRawLongBits(sums[i]));
                    return 0;
                }),
                call("addProduct", (k, s, n, random) -> {
                    int depth = random.nextInt(9);
                    int rows = random.nextInt(7);
                    int columns = random.nextInt(n / 9 + 1);
                    float[] c = Strips.anything(5 + rows * (columns + 2), random);
                    k.addProduct(
                            c,
                            5,
                            columns + 2,
                            s[1],
                            1,
                            Math.min(depth, n / 9),
                            s[2],
                            columns,
                            Math.min(rows, 7),
                            Math.min(depth, n / 9),
                            columns);
                    System.arraycopy(c, 0, s[0], 0, Math.min(c.length, s[0].length));
                }),
                call("subtractProduct", (k, s, bins, n, random) -> {
                    int depth = random.nextInt(20);
                    int rows = random.nextInt(8);
                    int columns = random.nextInt(40);
                    double[] c = doubles(rows * columns + 1, random);
                    k.subtractProduct(
                            c,
                            1,
                            columns,
                            doubles(rows * depth, random),
                            0,
                            depth,
                            doubles(depth * columns, random),
                            columns,
                            rows,
                            depth,
                            columns);
                    for (int i = 0; i < Math.min(bins.length, c.length); i++) {
                        bins[i] = Double.doubleToRawLongBits(c[i]);
                    }
                    return 0;
                }),
                call("addBase", (k, s, n, _) -> k.addBase(s[0], s[1], n)),
                call("vote", (k, s, n, random) -> k.vote(s[0], s[1], s[2], s[3], s[4], s[5], Strips.weight(random), n)),
                call("elect sums", (k, s, n, _) -> k.elect(s[0], s[1], s[2], s[3], s[4], s[5], false, n)),
                call("elect means", (k, s, n, _) -> k.elect(s[0], s[1], s[2], s[3], s[4], s[5], true, n)),
                call("elect in place", (k, s, n, _) -> k.elect(s[0], s[0], s[2], s[3], s[4], s[5], true, n)),
                call("trim", (k, s, n, random) -> {
                    int from = random.nextInt(n + 1);
                    int to = random.nextInt(from, n + 1);
                    k.trim(s[0], from, to, threshold(s[1], n, random), random.nextBoolean());
                }),
                call("cutAbove", (k, s, n, random) -> {
                    int from = random.nextInt(n + 1);
                    k.cutAbove(s[0], from, random.nextInt(from, n + 1), threshold(s[1], n, random));
                }),
                call("keepWhere", (k, s, n, random) -> k.keepWhere(s[0], s[1], Strips.weight(random), n)),
                call("limit", (k, s, n, random) -> k.limit(s[0], Math.abs(Strips.weight(random)), n)),
                call("keepLarger", (k, s, n, _) -> k.keepLarger(s[0], s[1], n)),
                call(
                        "sumOfSquaredDifferences",
                        (k, s, n, random) -> k.sumOfSquaredDifferences(s[0], s, 1, 1 + random.nextInt(5), n)),
                call(
                        "addActive",
                        (k, s, n, random) -> k.addActive(
                                s[0], s[1], s[2], s[3], Math.abs(Strips.weight(random)), Strips.weight(random), n)),
                call("joinActive", (k, s, n, _) -> k.joinActive(s[0], counts(s[1]), s[2], s[3], n)),
                call("joinActive in place", (k, s, n, _) -> k.joinActive(s[1], counts(s[1]), s[2], s[3], n)),
                call(
                        "countActive",
                        (k, s, _, n, random) -> k.countActive(
                                s[0], counts(s[1]), Math.abs(Strips.weight(random)), 1 + random.nextInt(2), n)),
                call("addDominant", (k, s, n, random) -> k.addDominant(s[0], s[1], s[2], Strips.weight(random), n)),
                call("dropout", (k, s, n, random) -> {
                    long first = random.nextInt(100) + (random.nextBoolean() ? 0 : (1L << 33) * random.nextInt(9) - 50);
                    CounterRandom stream = CounterRandom.of(random.nextLong(), 3, "model.layers.0");
                    k.dropout(s[0], n, stream, Math.max(0, first), CounterRandom.keep48(random.nextDouble()));
                }),
                call("dropoutEach", (k, s, n, random) -> {
                    CounterRandom stream = CounterRandom.of(random.nextLong(), 3, "model.layers.0");
                    long[] keep48 = random.doubles(n + 3)
                            .map(p -> random.nextInt(9) == 0 ? Math.rint(p * 4) / 4 : p * 0x1p-14)
                            .mapToLong(CounterRandom::keep48)
                            .toArray();
                    k.dropoutEach(s[0], n, stream, place(random), keep48, 3, random.nextBoolean());
                }),
                call("rankEntries", (k, s, bins, n, random) -> {
                    int from = random.nextInt(n + 1);
                    int to = Math.min(n, from + BINS - 9);
                    k.rankEntries(s[0], from, to, bins, random.nextInt(9), random.nextInt(1 << 30));
                    return 0;
                }),
                call("keepByRank", (k, s, bins, n, random) -> {
                    int from = random.nextInt(9);
                    int to = random.nextInt(from, BINS);
                    Arrays.setAll(bins, i -> random.nextInt(1 << random.nextInt(1, 31)));
                    k.keepByRank(bins, from, to, random.nextDouble() / 2, random.nextDouble() / 2, 1 << 30);
                    return 0;
                }),
                call("roundToBf16", (k, s, n, random) -> {
                    k.roundToBf16(s[0], n, CounterRandom.ofResult(random.nextLong(), "t"), place(random));
                }),
                call("roundToF16", (k, s, n, random) -> {
                    k.roundToF16(s[0], n, CounterRandom.ofResult(random.nextLong(), "t"), place(random));
                }),
                call("countMagnitudes", (k, s, bins, n, random) -> {
                    int lo = threshold(s[1], n, random);
                    int shift = random.nextInt(24);
                    long hi = Math.min(0x7fffffffL, lo + random.nextLong((long) BINS << shift));
                    int guess = random.nextBoolean() ? lo : -1;
                    k.countMagnitudes(s[0], n, lo, (int) hi, shift, guess, bins, 3);
                    return 0;
                }),
                call("countMagnitudes, all inside", (k, s, bins, n, _) -> {
                    k.countMagnitudes(s[0], n, 0, 0x7fffffff, 23, -1, bins, 5);
                    return 0;
                }),
                call("countMagnitudes of one value", (k, s, bins, n, random) -> {
                    int value = threshold(s[0], n, random);
                    k.countMagnitudes(s[0], n, value, value, 0, value, bins, 5);
                    return 0;
                }),
                call("sumMagnitudes", (k, s, _, n, _) -> k.sumMagnitudes(s[0], n)),
                call("countNonZero", (k, s, _, n, _) -> k.countNonZero(s[0], n)),
                call("countNonFinite", (k, s, _, n, _) -> k.countNonFinite(s[0], n)));
    }

    /** The strip with small whole numbers in most places, as counts are. */
    private static float[] counts(float[] x) {
        for (int i = 0; i < x.length; i++) {
            int bits = Float.floatToRawIntBits(x[i]);
            x[i] = bits % 8 == 7 ? x[i] : Math.abs(bits % 4);
        }
        return x;
    }

    /** The strip as it is, or finite and within the reach of exponentials; what lies beyond would leave one result for most. */
    private static float[] exponents(float[] x, Random random) {
        float largest = random.nextInt(4) == 0 ? Float.POSITIVE_INFINITY : random.nextInt(1, 750);
        for (int i = 0; i < x.length && largest < Float.POSITIVE_INFINITY; i++) {
            x[i] = Float.isFinite(x[i]) ? x[i] % largest : random.nextFloat(largest);
        }
        return x;
    }

    private static double[] doubles(int n, Random random) {
        float[] floats = Strips.anything(n, random);
        double[] doubles = new double[n];
        Arrays.setAll(doubles, i -> floats[i] * 1.1);
        return doubles;
    }

    /** Often near the end of 2^32 elements that share a key. */
    private static long place(Random random) {
        return random.nextInt(100) + (random.nextBoolean() ? 0 : (1L << 32) * random.nextInt(1, 9) - 50);
    }

    /** Often the magnitude of an element, so that ties happen; sometimes the least or the greatest there is. */
    private static int threshold(float[] x, int n, Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1 -> 0x7fffffff;
            default -> ScalarMagnitudes.magnitudeBits(n == 0 ? 1 : x[random.nextInt(n)]);
        };
    }

    @ParameterizedTest
    @MethodSource("calls")
    void writeTheSameBits(Call call) {
        for (int n : Strips.LENGTHS) {
            for (int round = 0; round < ROUNDS; round++) {
                compare(call, n, 1000L * n + round);
            }
        }
    }

    private static void compare(Call call, int n, long seed) {
        Random random = new Random(seed);
        float[][] expected = new float[6][];
        float[][] found = new float[6][];
        for (int s = 0; s < expected.length; s++) {
            expected[s] = Strips.anything(n + 5, random); // the last five are none of the kernel's business
            found[s] = expected[s].clone();
        }
        long[] expectedBins = new long[5 + BINS];
        long[] foundBins = new long[5 + BINS];
        String what = "n=" + n + ", seed " + seed;
        assertEquals(
                Double.doubleToRawLongBits(call.on(SCALAR, expected, expectedBins, n, new Random(seed))),
                Double.doubleToRawLongBits(call.on(BEST, found, foundBins, n, new Random(seed))),
                what);
        for (int s = 0; s < expected.length; s++) {
            assertSameBits(expected[s], found[s], what + ", strip " + s);
        }
        assertArrayEquals(expectedBins, foundBins, what);
    }
}
