package org.weir.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A vector that the JIT fails to keep in registers is an object, so a warm kernel that allocates is a slow one. */
class WarmKernelsTest {

    private static final int N = 16 * 40 + 5;
    /** A busy machine compiles late. A kernel that really allocates does so for ever. */
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final Kernels KERNELS = Kernels.best();
    private static final MemorySegment BYTES = Arena.global().allocate(8L * N + 1);
    private static final MemorySegment ZEROS = Arena.global().allocate(8L * N + 1);
    private static final MemorySegment OUT = Arena.global().allocate(8L * N + 1);
    private static final float[] WEIGHTS = {0.5f, 0.25f};
    private static final float[][] S = new float[6][];
    private static final long[] BINS = new long[1 << 10];
    private static final long[] RANKS = new long[N];
    private static final long[] ENTRIES = new long[N];
    private static final long[] KEEPS = new long[N];
    private static final double[] SUMS = new double[N];
    private static final double[] FACTORS = new double[N];
    /** Rows and columns of a product: with a rest at every vector width. */
    private static final int SIDE = 67;

    private static final float[] SQUARE = new float[SIDE * SIDE];
    private static final CounterRandom STREAM = CounterRandom.of(1, 2, "w");

    static {
        Random random = new Random(1);
        Arrays.setAll(KEEPS, i -> CounterRandom.keep48(random.nextDouble()));
        for (int s = 0; s < S.length; s++) {
            S[s] = Strips.numbers(N, random);
        }
    }

    private static Runnable merge(Bf16Fusion fusion, boolean drops) {
        for (int k = 0; k < WEIGHTS.length; k++) {
            fusion.expert(k, BYTES);
            if (drops) {
                fusion.drop(k, STREAM, CounterRandom.keep48(0.3));
            }
        }
        return () -> fusion.merge(0, N, OUT, 1);
    }

    private static Named<Runnable> kernel(String name, Runnable call) {
        return Named.of(name, call);
    }

    static Stream<Named<Runnable>> kernels() {
        Stream<Named<Runnable>> arithmetic = Stream.of(
                kernel("subtract", () -> KERNELS.subtract(S[0], S[1], N)),
                kernel("scale", () -> KERNELS.scale(S[0], 0.99f, N)),
                kernel("divide", () -> KERNELS.divide(S[0], 1.01f, N)),
                kernel("addWeighted", () -> KERNELS.addWeighted(S[0], S[1], 0.5f, N)),
                kernel("addBase", () -> KERNELS.addBase(S[0], S[1], N)),
                kernel("vote", () -> KERNELS.vote(S[0], S[1], S[2], S[3], S[4], S[5], 0.5f, N)),
                kernel("elect", () -> KERNELS.elect(S[0], S[0], S[2], S[3], S[4], S[5], true, N)),
                kernel("trim", () -> KERNELS.trim(S[0], 0, N, 0x3c000000, true)),
                kernel("cutAbove", () -> KERNELS.cutAbove(S[0], 0, N, 0x3c000000)),
                kernel("keepWhere", () -> KERNELS.keepWhere(S[0], S[1], 0.01f, N)),
                kernel("limit", () -> KERNELS.limit(S[0], 0.01f, N)),
                kernel("keepLarger", () -> KERNELS.keepLarger(S[0], S[1], N)),
                kernel("sumOfSquaredDifferences", () -> KERNELS.sumOfSquaredDifferences(S[0], S, 1, 4, N)),
                kernel("addActive", () -> KERNELS.addActive(S[0], S[2], S[3], S[1], 0.01f, 1.1f, N)),
                kernel("joinActive", () -> KERNELS.joinActive(S[0], S[1], S[2], S[3], N)),
                kernel("countActive", () -> KERNELS.countActive(S[0], S[1], 0.01f, 1, N)),
                kernel("addDominant", () -> KERNELS.addDominant(S[0], S[1], S[2], 0.4f, N)),
                kernel("dropout", () -> KERNELS.dropout(S[0], N, STREAM, 3, CounterRandom.keep48(0.3))),
                kernel("dropoutEach", () -> KERNELS.dropoutEach(S[0], N, STREAM, 3, KEEPS, 0, true)),
                kernel("rankEntries", () -> KERNELS.rankEntries(S[1], 0, N, ENTRIES, 0, 5)),
                kernel("keepByRank", () -> KERNELS.keepByRank(RANKS, 0, N, 0.2, 0.4, 0x1p47)),
                kernel("roundToBf16", () -> KERNELS.roundToBf16(S[2], N, STREAM, 3)),
                kernel("roundToF16", () -> KERNELS.roundToF16(S[2], N, STREAM, 3)),
                kernel(
                        "countMagnitudes",
                        () -> KERNELS.countMagnitudes(S[1], N, 0x3c000000, 0x3c7fffff, 14, 0x3c100000, BINS, 0)),
                kernel("sumMagnitudes", () -> KERNELS.sumMagnitudes(S[1], N)),
                kernel("countNonZero", () -> KERNELS.countNonZero(S[1], N)),
                kernel("countNonFinite", () -> KERNELS.countNonFinite(S[1], N)));
        Stream<Named<Runnable>> products = Stream.of(
                kernel("addWeightedRange", () -> KERNELS.addWeightedRange(S[0], S[1], 0.5f, 3, N)),
                kernel("addWeightedEach", () -> KERNELS.addWeightedEach(S[0], S[1], S[2], 0, 3, N)),
                kernel("dot", () -> KERNELS.dot(S[0], S[1], 3, N)),
                kernel("sumOfExponentials", () -> KERNELS.sumOfExponentials(S[1], 3, N)),
                kernel("divergence", () -> KERNELS.divergence(S[1], 640, S[2], 641, 1e-8, 3, N)),
                kernel("addProducts", () -> KERNELS.addProducts(SUMS, 0, S[0], S[1], 3, N)),
                kernel("addProduct", () -> KERNELS.addProduct(SQUARE, 0, SIDE, S[0], 0, 20, S[1], 20, 7, 9, 20)),
                kernel(
                        "addProduct of many columns",
                        () -> KERNELS.addProduct(SQUARE, 0, SIDE, S[0], 0, 9, S[1], SIDE, 9, 8, SIDE)),
                kernel("raise", () -> KERNELS.raise(S[2], 0.01f, 1e-6f, N)),
                kernel("addWeightedBy", () -> KERNELS.addWeightedBy(S[0], S[1], S[2], 0.5f, N)),
                kernel("divideBy", () -> KERNELS.divideBy(S[0], S[1], S[2], 1.5f, N)));
        // With two lanes the masks are objects: a few per block of the product, none within its loop.
        Stream<Named<Runnable>> solver = Species.DOUBLES.length() == 2
                ? Stream.of()
                : Stream.of(kernel(
                        "subtractProduct",
                        () -> KERNELS.subtractProduct(SUMS, 0, SIDE, FACTORS, 0, 9, FACTORS, SIDE, 9, 8, SIDE)));
        Stream<Named<Runnable>> codecs = Stream.of(KERNELS.bf16(), new F16Codec(), new F32Codec(), new F64Codec())
                .flatMap(codec -> Stream.of(
                        kernel(codec.getClass().getSimpleName() + ".widen", () -> codec.widen(BYTES, 1, S[0], N)),
                        kernel(codec.getClass().getSimpleName() + ".narrow", () -> codec.narrow(S[0], N, BYTES, 1)),
                        kernel(codec.getClass().getSimpleName() + ".allFinite", () -> codec.allFinite(ZEROS, 1, N))));
        Stream<Named<Runnable>> fused = Bf16Fusion.isTwinOf(KERNELS)
                ? Stream.of(
                        kernel("fused sum", merge(Bf16Fusion.sum(WEIGHTS, 3, Optional.of(BYTES), 0, 1), false)),
                        kernel(
                                "fused election",
                                merge(Bf16Fusion.election(WEIGHTS, true, Optional.of(BYTES), 0, 1), false)),
                        kernel(
                                "fused sum of dropped",
                                merge(Bf16Fusion.sum(WEIGHTS, 3, Optional.of(BYTES), 0, 1), true)),
                        kernel(
                                "fused election of dropped",
                                merge(Bf16Fusion.election(WEIGHTS, true, Optional.of(BYTES), 0, 1), true)),
                        kernel(
                                "fused count",
                                () -> Bf16Fusion.countDeltas(
                                        BYTES, BYTES, 1, 640, 0x3c000000, 0x3c7fffff, 14, 0x3c100000, BINS, 0)),
                        kernel(
                                "fused count of one magnitude",
                                () -> Bf16Fusion.countDeltas(
                                        BYTES, BYTES, 1, 640, 0x3c100000, 0x3c100000, 0, 0x3c100000, BINS, 0)))
                : Stream.of();
        return Stream.of(arithmetic, products, solver, codecs, fused).flatMap(each -> each);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void allocateNothing(Runnable kernel) {
        assumeTrue(
                KERNELS instanceof ScalarKernels
                        || Species.FLOATS.vectorBitSize() <= FloatVector.SPECIES_PREFERRED.vectorBitSize(),
                "wider than the machine: vectors are objects here");
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        long allocated;
        do {
            allocated = bytesAllocatedBy(kernel);
        } while (allocated != 0 && System.nanoTime() < deadline);
        assertEquals(0, allocated, "bytes in 1000 calls");
    }

    private static long bytesAllocatedBy(Runnable kernel) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 1000; i++) {
            kernel.run();
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
