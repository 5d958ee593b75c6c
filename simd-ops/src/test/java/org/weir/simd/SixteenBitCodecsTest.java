package org.weir.simd;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.weir.simd.Strips.assertSameBits;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** BF16 and F16, every pattern, against the formats' definition. */
class SixteenBitCodecsTest {

    private static final ValueLayout.OfShort STORED =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private record Case(Codec codec, NearestEven format) {}

    static Stream<Named<Case>> cases() {
        return Stream.of(
                Named.of("bf16", new Case(Kernels.best().bf16(), new NearestEven(8, 7))),
                Named.of("bf16, scalar", new Case(new ScalarBf16Codec(), new NearestEven(8, 7))),
                Named.of("f16", new Case(new F16Codec(), new NearestEven(5, 10))));
    }

    private static float[] widen(Codec codec, int... patterns) {
        MemorySegment bytes = Arena.ofAuto().allocate(2L * patterns.length + 1);
        for (int i = 0; i < patterns.length; i++) {
            bytes.set(STORED, 2L * i + 1, (short) patterns[i]);
        }
        float[] out = new float[patterns.length];
        codec.widen(bytes, 1, out, out.length);
        return out;
    }

    private static int[] narrow(Codec codec, float... values) {
        MemorySegment bytes = Arena.ofAuto().allocate(2L * values.length + 1);
        codec.narrow(values, values.length, bytes, 1);
        int[] out = new int[values.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = bytes.get(STORED, 2L * i + 1) & 0xffff;
        }
        return out;
    }

    private static int[] allPatterns() {
        return IntStream.range(0, 1 << 16).toArray();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyPatternWidensToItsValueAndComesBack(Case c) {
        float[] wide = widen(c.codec, allPatterns());
        int[] back = narrow(c.codec, wide);
        for (int pattern = 0; pattern < 1 << 16; pattern++) {
            String what = "pattern 0x%04x".formatted(pattern);
            if ((pattern & 0x7fff) <= c.format.infinity()) {
                assertSameBits(new float[] {c.format.decode(pattern)}, new float[] {wide[pattern]}, what);
                assertEquals(pattern, back[pattern], what);
            } else {
                assertTrue(Float.isNaN(wide[pattern]), what);
                assertEquals(pattern | c.format.quietBit(), back[pattern], what);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void roundsToTheNearestAndHalfWayToTheEven(Case c) {
        int infinity = c.format.infinity();
        float[] values = new float[6 * infinity];
        for (int pattern = 0; pattern < infinity; pattern++) {
            float middle = c.format.middleAbove(pattern);
            values[6 * pattern] = middle;
            values[6 * pattern + 1] = Math.nextUp(middle);
            values[6 * pattern + 2] = Math.nextDown(middle);
            values[6 * pattern + 3] = -middle;
            values[6 * pattern + 4] = Math.nextUp(-middle);
            values[6 * pattern + 5] = Math.nextDown(-middle);
        }
        assertRounds(c, values);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void roundsAnyNumberToTheNearest(Case c) {
        Random random = new Random(11);
        float[] values = new float[200_000];
        for (int i = 0; i < values.length; i++) {
            float any = Float.intBitsToFloat(random.nextInt());
            float ordinary = (float) (random.nextGaussian() * Math.scalb(1.0, random.nextInt(-30, 20)));
            values[i] = i % 2 == 0 || Float.isNaN(any) ? ordinary : any;
        }
        assertRounds(c, values);
    }

    private static void assertRounds(Case c, float[] values) {
        int[] narrow = narrow(c.codec, values);
        for (int i = 0; i < values.length; i++) {
            if (c.format.encode(values[i]) != narrow[i]) {
                assertEquals(c.format.encode(values[i]), narrow[i], "%a".formatted(values[i]));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void noNanBecomesInfinityOrLosesItsSign(Case c) {
        Random random = new Random(12);
        int[] bits = new int[20_000];
        float[] nans = new float[bits.length];
        for (int i = 0; i < bits.length; i++) {
            int payload = i < 23 ? 1 << i : random.nextInt(1, 1 << 23);
            bits[i] = random.nextInt() & 0x80000000 | 0x7f800000 | payload;
            nans[i] = Float.intBitsToFloat(bits[i]);
        }
        int[] narrow = narrow(c.codec, nans);
        for (int i = 0; i < bits.length; i++) {
            int kept = (bits[i] & 0x7fffff) / (0x400000 / c.format.quietBit());
            int expected = bits[i] >>> 31 << 15 | c.format.infinity() | c.format.quietBit() | kept;
            assertEquals(expected, narrow[i], Integer.toHexString(bits[i]));
        }
    }

    /** Interpreted on the first call, compiled by the last: a NaN that came out otherwise would depend on the weather. */
    @ParameterizedTest
    @MethodSource("cases")
    void compilationChangesNoBit(Case c) {
        float[] cold = widen(c.codec, allPatterns());
        float[] x = Strips.anything(4096, new Random(13));
        int[] coldNarrow = narrow(c.codec, x);
        for (int i = 0; i < 100; i++) {
            assertSameBits(cold, widen(c.codec, allPatterns()), "call " + i);
            assertArrayEquals(coldNarrow, narrow(c.codec, x), "call " + i);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void anyLengthAtAnyOffsetAndNothingBeside(Case c) {
        Random random = new Random(14);
        try (Arena arena = Arena.ofConfined()) {
            for (int n : Strips.LENGTHS) {
                for (int offset = 0; offset < 9; offset++) {
                    float[] x = widen(c.codec, random.ints(n, 0, 0x7c00).toArray());
                    MemorySegment bytes = arena.allocate(2L * n + 20).fill((byte) 0x5a);
                    c.codec.narrow(x, n, bytes, offset);
                    float[] out = new float[n + 3];
                    c.codec.widen(bytes, offset, out, n);
                    assertSameBits(Arrays.copyOf(x, n + 3), out, "n=" + n + " at " + offset);
                    for (long i = 0; i < bytes.byteSize(); i++) {
                        if (i < offset || i >= offset + 2L * n) {
                            assertEquals(0x5a, bytes.get(JAVA_BYTE, i), "byte " + i);
                        }
                    }
                }
            }
        }
    }
}
