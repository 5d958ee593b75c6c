package org.weir.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Scans for NaN and infinities against what the elements widen to. */
class FiniteScanTest {

    static Stream<Named<Codec>> codecs() {
        return Stream.of(
                Named.of("bf16", Kernels.best().bf16()),
                Named.of("bf16, scalar", new ScalarBf16Codec()),
                Named.of("f16", new F16Codec()),
                Named.of("f32", new F32Codec()),
                Named.of("f64", new F64Codec()));
    }

    private static boolean widensToFinite(Codec codec, MemorySegment bytes, long offsetBytes, int n) {
        float[] x = new float[n];
        codec.widen(bytes, offsetBytes, x, n);
        return IntStream.range(0, n).allMatch(i -> Float.isFinite(x[i]));
    }

    /** Of the wide formats all sign, exponent and first fraction bits there are. */
    @ParameterizedTest
    @MethodSource("codecs")
    void everyPatternIsFiniteOrNot(Codec codec) {
        int width = codec.bytesPerElement();
        byte[] bytes = new byte[width];
        int notFinite = 0;
        for (int pattern = 0; pattern < 1 << 16; pattern++) {
            for (int rest : new int[] {0, 0x11, 0xff}) {
                Arrays.fill(bytes, (byte) rest);
                bytes[width - 2] = (byte) pattern;
                bytes[width - 1] = (byte) (pattern >>> 8);
                MemorySegment one = Arena.ofAuto().allocate(width).copyFrom(MemorySegment.ofArray(bytes));
                boolean finite = widensToFinite(codec, one, 0, 1);
                assertEquals(finite, codec.allFinite(one, 0, 1), Integer.toHexString(pattern));
                notFinite += finite ? 0 : 1;
            }
        }
        assertTrue(notFinite > 100);
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void oneElementAnywhereIsEnough(Codec codec) {
        Random random = new Random(5);
        int width = codec.bytesPerElement();
        for (int n : Strips.LENGTHS) {
            for (int offset = 0; offset < 3; offset++) {
                MemorySegment bytes = Arena.ofAuto().allocate((long) width * (n + 2) + offset);
                bytes.fill((byte) 0xff); // NaNs before and after are none of its business
                float[] largest = new float[n];
                Arrays.fill(largest, width == 2 ? -65504 : -Float.MAX_VALUE);
                long begin = offset + (long) width;
                codec.narrow(largest, n, bytes, begin);
                if (widensToFinite(codec, bytes, begin, n)) {
                    assertTrue(codec.allFinite(bytes, begin, n), "n=" + n);
                }
                for (int i = 0; i < n; i = n < 100 ? i + 1 : i + 1 + random.nextInt(40)) {
                    float bad = random.nextBoolean() ? Float.NaN : Float.NEGATIVE_INFINITY;
                    codec.narrow(new float[] {bad}, 1, bytes, begin + (long) width * i);
                    assertEquals(false, codec.allFinite(bytes, begin, n), "element " + i + " of " + n);
                    codec.narrow(new float[] {1}, 1, bytes, begin + (long) width * i);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void agreesWithWideningOnAnything(Codec codec) {
        Random random = new Random(6);
        MemorySegment bytes = Arena.ofAuto().allocate(8 * 70);
        for (int round = 0; round < 20_000; round++) {
            int n = random.nextInt(1, 5);
            byte[] some = new byte[8 * n];
            random.nextBytes(some);
            MemorySegment.copy(MemorySegment.ofArray(some), 0, bytes, 0, some.length);
            assertEquals(widensToFinite(codec, bytes, 0, n), codec.allFinite(bytes, 0, n));
        }
    }
}
