package org.weir.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.weir.simd.Strips.assertSameBits;
import static org.weir.simd.Strips.assertSameNumbers;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** F32 and F64. */
class WideCodecsTest {

    private static final int N = 1000;
    private static final int OFFSET = 3;

    @Test
    void f32IsACopyOfBitsBothWays() {
        float[] x = Strips.anything(N, new Random(1));
        byte[] expected = new byte[OFFSET + 4 * N + 1];
        ByteBuffer buffer = ByteBuffer.wrap(expected).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < N; i++) {
            buffer.putInt(OFFSET + 4 * i, Float.floatToRawIntBits(x[i]));
        }
        byte[] bytes = new byte[expected.length];
        new F32Codec().narrow(x, N, MemorySegment.ofArray(bytes), OFFSET);
        assertArrayEquals(expected, bytes);
        float[] out = new float[N];
        new F32Codec().widen(MemorySegment.ofArray(bytes), OFFSET, out, N);
        assertSameBits(x, out, "f32");
    }

    @Test
    void f64TakesEveryFloatAndGivesItBack() {
        float[] x = Strips.anything(N, new Random(2));
        byte[] bytes = new byte[OFFSET + 8 * N];
        new F64Codec().narrow(x, N, MemorySegment.ofArray(bytes), OFFSET);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        float[] read = new float[N];
        for (int i = 0; i < N; i++) {
            read[i] = (float) buffer.getDouble(OFFSET + 8 * i);
        }
        assertSameNumbers(x, read, "as doubles");
        float[] out = new float[N];
        new F64Codec().widen(MemorySegment.ofArray(bytes), OFFSET, out, N);
        assertSameNumbers(x, out, "there and back");
    }

    @Test
    void f64RoundsToTheNearestFloat() {
        Random random = new Random(3);
        ByteBuffer buffer = ByteBuffer.allocate(OFFSET + 8 * N).order(ByteOrder.LITTLE_ENDIAN);
        float[] expected = new float[N];
        for (int i = 0; i < N; i++) {
            float x = (float) (random.nextGaussian() * Math.scalb(1.0, random.nextInt(-150, 120)));
            double middle = ((double) x + Math.nextUp(x)) / 2;
            double d = i % 3 == 0 ? middle : i % 3 == 1 ? random.nextGaussian() : Math.nextUp(middle);
            buffer.putDouble(OFFSET + 8 * i, d);
            expected[i] = new BigDecimal(d).floatValue();
        }
        float[] out = new float[N];
        new F64Codec().widen(MemorySegment.ofArray(buffer.array()), OFFSET, out, N);
        for (int i = 0; i < N; i++) {
            expected[i] = out[i] == 0 ? Math.copySign(expected[i], out[i]) : expected[i]; // BigDecimal has one zero
        }
        assertSameBits(expected, out, "rounded");
    }

    @Test
    void refusesToReadBeyondTheSegment() {
        MemorySegment nine = MemorySegment.ofArray(new byte[9]);
        for (Codec codec : new Codec[] {
            new F32Codec(), new F64Codec(), new F16Codec(), Kernels.best().bf16()
        }) {
            int tooMany = 8 / codec.bytesPerElement() + 1;
            assertThrows(IndexOutOfBoundsException.class, () -> codec.widen(nine, 1, new float[9], tooMany));
            assertThrows(IndexOutOfBoundsException.class, () -> codec.narrow(new float[9], tooMany, nine, 1));
        }
    }

    @Test
    void loopsOverVectorsRefuseWhatTheyWouldReachByABareAddressWithoutRight() {
        Codec codec = new VectorBf16Codec();
        int n = 1024; // whole vectors of any width: plain loops, which refuse it themselves, have nothing to do
        MemorySegment onTheHeap = MemorySegment.ofArray(new byte[2 * n]);
        assertThrows(IllegalArgumentException.class, () -> codec.widen(onTheHeap, 0, new float[n], n));
        assertThrows(IllegalArgumentException.class, () -> codec.allFinite(onTheHeap, 0, n));
        assertThrows(IllegalArgumentException.class, () -> codec.narrow(new float[n], n, onTheHeap, 0));
        MemorySegment toRead = Arena.ofAuto().allocate(2 * n).asReadOnly();
        assertThrows(IllegalArgumentException.class, () -> codec.narrow(new float[n], n, toRead, 0));
    }
}
