package org.weir.simd;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The fused loops against the scalar kernels, called one after the other. */
class FusionTest {

    private static final ValueLayout.OfShort BF16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final Kernels SCALAR = new ScalarKernels("scalar loops");
    private static final int EXPERTS = 5;
    /** Enough for a few dozen elements whose 16 random bits do not decide. */
    private static final int ELEMENTS = 300_000;

    private static final float[] WEIGHTS = {0.3f, -0.7f, 1, 0.11f, 0.3f};
    private static final double DENSITY = 0.4;

    private final Random random = new Random(7);
    private final MemorySegment base = tensor();
    private final MemorySegment[] experts = new MemorySegment[EXPERTS];

    FusionTest() {
        for (int k = 0; k < EXPERTS; k++) {
            experts[k] = tensor();
        }
    }

    @BeforeEach
    void requireVectors() {
        assumeTrue(Bf16Fusion.isTwinOf(Kernels.best()), "scalar loops have no fused twin");
    }

    /** Mostly near to one another, sometimes any bits at all: NaN, Inf, subnormals, negative zeros. */
    private MemorySegment tensor() {
        MemorySegment bytes = Arena.ofAuto().allocate(2L * ELEMENTS + 1, 8).asSlice(1);
        for (int i = 0; i < ELEMENTS; i++) {
            int bits = random.nextInt(20) == 0 ? random.nextInt(1 << 16) : 0x3c00 + random.nextInt(64);
            bytes.set(BF16, 2L * i, (short) (random.nextInt(50) == 0 ? 0x8000 : bits));
        }
        return bytes;
    }

    @ParameterizedTest
    @CsvSource({
        // elects, normalize, base, cuts, drops, lambda
        "false, false, false, false, false, 1",
        "false, false, false, true, false, 1",
        "false, false, true, false, false, 1",
        "false, false, true, true, false, 0.7",
        "false, false, true, false, true, -1.3",
        "true, false, true, false, false, 1",
        "true, true, true, true, false, 0.7",
        "true, false, true, false, true, 1",
        "true, true, true, false, true, 1.9",
    })
    void writesTheBitsOfTheStages(
            boolean elects, boolean normalize, boolean onto, boolean cuts, boolean drops, float lambda) {
        float divisor = elects ? 1 : 0.9f;
        Optional<MemorySegment> origin = onto ? Optional.of(base) : Optional.empty();
        Bf16Fusion fusion = elects
                ? Bf16Fusion.election(WEIGHTS, normalize, origin, lambda)
                : Bf16Fusion.sum(WEIGHTS, divisor, origin, lambda);
        for (int k = 0; k < EXPERTS; k++) {
            fusion.expert(k, experts[k]);
            assertTrue(!cuts || k == 3 || fusion.cut(k, cut(k)));
            assertTrue(!drops || k == 3 || fusion.drop(k, stream(k), CounterRandom.keep48(DENSITY)));
            assertTrue(!drops || fusion.scale(k, 2.5f));
        }
        MemorySegment fused = Arena.ofAuto().allocate(2L * ELEMENTS);
        long at = 0;
        for (int n = 0; at < ELEMENTS; n += 2) { // pieces of many lengths, with and without a rest
            int length = (int) Math.min(n < 300 ? n : 4096, ELEMENTS - at);
            fusion.merge(at, length, fused, 2 * at);
            at += length;
        }
        assertSame(staged(elects, normalize, onto, cuts, drops, divisor, lambda), fused);
    }

    private static int cut(int expert) {
        return 0x3a000000 + (expert << 20);
    }

    private static CounterRandom stream(int expert) {
        return CounterRandom.of(3, expert, "t");
    }

    private MemorySegment staged(
            boolean elects, boolean normalize, boolean onto, boolean cuts, boolean drops, float divisor, float lambda) {
        float[] origin = floats(base);
        float[][] lanes = new float[5][ELEMENTS];
        if (!elects) {
            Arrays.fill(lanes[0], -0f);
        }
        for (int k = 0; k < EXPERTS; k++) {
            float[] x = floats(experts[k]);
            if (onto) {
                SCALAR.subtract(x, origin, ELEMENTS);
            }
            if (cuts && k != 3) {
                SCALAR.trim(x, 0, ELEMENTS, cut(k), false);
            }
            if (drops && k != 3) {
                SCALAR.dropout(x, ELEMENTS, stream(k), 0, CounterRandom.keep48(DENSITY));
            }
            if (drops) {
                SCALAR.scale(x, 2.5f, ELEMENTS);
            }
            if (elects) {
                SCALAR.vote(lanes[0], lanes[1], lanes[2], lanes[3], lanes[4], x, WEIGHTS[k], ELEMENTS);
            } else {
                SCALAR.addWeighted(lanes[0], x, WEIGHTS[k], ELEMENTS);
            }
        }
        float[] y = lanes[0];
        if (elects) {
            SCALAR.elect(y, y, lanes[1], lanes[2], lanes[3], lanes[4], normalize, ELEMENTS);
        } else {
            SCALAR.divide(y, divisor, ELEMENTS);
        }
        if (lambda != 1) {
            SCALAR.scale(y, lambda, ELEMENTS);
        }
        if (onto) {
            SCALAR.addBase(y, origin, ELEMENTS);
        }
        MemorySegment out = Arena.ofAuto().allocate(2L * ELEMENTS);
        SCALAR.bf16().narrow(y, ELEMENTS, out, 0);
        return out;
    }

    private static float[] floats(MemorySegment tensor) {
        float[] x = new float[ELEMENTS];
        SCALAR.bf16().widen(tensor, 0, x, ELEMENTS);
        return x;
    }

    private static void assertSame(MemorySegment expected, MemorySegment actual) {
        long different = expected.mismatch(actual);
        assertEquals(-1, different, () -> "first different byte; element " + different / 2);
    }

    @ParameterizedTest
    @CsvSource({
        "0x3a000000, 0x3a800000, 12, 0x3a400000",
        "0x3a000000, 0x3a000000, 0, 0x3a000000",
        "0, 0x7fffffff, 20, 0"
    })
    void countsWhatTheStagesCount(String lo, String hi, int shift, String guess) {
        for (int n : new int[] {0, 1, 31, 32, 33, 64, 1000, 4096}) {
            long[] fused = new long[5000];
            long[] staged = new long[5000];
            int from = Integer.decode(lo);
            int to = Integer.decode(hi);
            Bf16Fusion.countDeltas(base, experts[0], 778, n, from, to, shift, Integer.decode(guess), fused, 9);
            float[] x = new float[n];
            float[] b = new float[n];
            SCALAR.bf16().widen(experts[0], 2 * 778, x, n);
            SCALAR.bf16().widen(base, 2 * 778, b, n);
            SCALAR.subtract(x, b, n);
            SCALAR.countMagnitudes(x, n, from, to, shift, Integer.decode(guess), staged, 9);
            assertArrayEquals(staged, fused);
        }
    }

    @Test
    void leavesToTheStagesWhatItsLoopsHaveNoPlaceFor() {
        Bf16Fusion fusion = Bf16Fusion.sum(WEIGHTS, 1, Optional.of(base), 1);
        assertTrue(fusion.cut(0, 5));
        assertFalse(fusion.drop(1, stream(1), CounterRandom.keep48(DENSITY)), "cuts and drops in one run");
        assertTrue(fusion.scale(0, 2));
        assertFalse(fusion.scale(0, 2), "two roundings");
        assertFalse(fusion.cut(0, 6), "a cut after a factor");
        assertFalse(Bf16Fusion.sum(WEIGHTS, 1, Optional.empty(), 1).drop(0, stream(0), 1), "no base");
    }

    @Test
    void readsAndWritesNothingOutside() {
        Bf16Fusion fusion = Bf16Fusion.sum(WEIGHTS, 1, Optional.of(base), 1);
        for (int k = 0; k < EXPERTS; k++) {
            fusion.expert(k, k == 4 ? experts[k].asSlice(0, 100) : experts[k]);
        }
        MemorySegment out = Arena.ofAuto().allocate(64);
        fusion.merge(18, 32, out, 0);
        assertThrows(IndexOutOfBoundsException.class, () -> fusion.merge(20, 32, out, 0), "past an expert's end");
        assertThrows(IndexOutOfBoundsException.class, () -> fusion.merge(0, 32, out, 2), "past the output's end");
        assertThrows(IndexOutOfBoundsException.class, () -> fusion.merge(-2, 2, out, 0), "before the start");
    }
}
