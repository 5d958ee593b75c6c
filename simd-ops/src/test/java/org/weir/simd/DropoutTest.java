package org.weir.simd;

import static org.weir.simd.Strips.assertSameBits;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class DropoutTest {

    private final Kernels kernels = Kernels.best();

    private static float[] defined(float[] x, CounterRandom stream, long firstElement, long keep48) {
        float[] out = x.clone();
        for (int i = 0; i < x.length; i++) {
            out[i] = stream.keeps(firstElement + i, keep48) ? x[i] : 0f;
        }
        return out;
    }

    @Property(tries = 100)
    void asksTheStreamAboutEachElement(@ForAll long seed, @ForAll @DoubleRange(max = 1) double probability) {
        Random random = new Random(seed);
        long first = random.nextLong(1L << random.nextInt(1, 62));
        float[] x = Strips.anything(random.nextInt(3000), random);
        CounterRandom stream = CounterRandom.of(seed, 0, "w");
        long keep48 = CounterRandom.keep48(probability);
        float[] expected = defined(x, stream, first, keep48);
        kernels.dropout(x, x.length, stream, first, keep48);
        assertSameBits(expected, x, "from element " + first);
    }

    @Property(tries = 50)
    void theWayAStripIsCutDoesNotShow(@ForAll long seed) {
        Random random = new Random(seed);
        long first = random.nextInt(1000) + (random.nextBoolean() ? 0 : (1L << 33) - 1500);
        CounterRandom stream = CounterRandom.of(seed, 1, "w");
        long keep48 = CounterRandom.keep48(random.nextDouble());
        float[] whole = Strips.numbers(3000, random);
        float[] cut = whole.clone();
        kernels.dropout(whole, whole.length, stream, first, keep48);
        for (int from = 0; from < cut.length; ) {
            int to = Math.min(cut.length, from + 1 + random.nextInt(200));
            float[] piece = Arrays.copyOfRange(cut, from, to);
            kernels.dropout(piece, piece.length, stream, first + from, keep48);
            System.arraycopy(piece, 0, cut, from, piece.length);
            from = to;
        }
        assertSameBits(whole, cut, "from element " + first);
    }

    @Test
    void theKeyChangesInTheMiddleOfAStrip() {
        CounterRandom stream = CounterRandom.of(9, 0, "larger than 2^33");
        long keep48 = CounterRandom.keep48(0.5);
        for (int before = 0; before < 70; before++) {
            float[] x = Strips.numbers(140, new Random(before));
            float[] expected = defined(x, stream, 3 * (1L << 33) - before, keep48);
            kernels.dropout(x, x.length, stream, 3 * (1L << 33) - before, keep48);
            assertSameBits(expected, x, before + " elements before the new key");
        }
    }

    /** 16 bits alone would keep 1/65536 or nothing of these; ties, which hold the other 32 bits, are one element in 65,536. */
    @Test
    void tiesAreSettledByThirtyTwoMoreBits() {
        CounterRandom stream = CounterRandom.of(10, 0, "ties");
        long keep48 = CounterRandom.keep48(0.6 / 65536);
        for (long first = 0; first < 1 << 20; first += 4096) {
            float[] x = Strips.anything(4096, new Random(first));
            float[] expected = defined(x, stream, first, keep48);
            kernels.dropout(x, x.length, stream, first, keep48);
            assertSameBits(expected, x, "from element " + first);
        }
    }

    @Test
    void probabilityOneKeepsTheBitsAndZeroKeepsNone() {
        CounterRandom stream = CounterRandom.of(11, 0, "w");
        float[] x = Strips.anything(4099, new Random(4));
        float[] kept = x.clone();
        kernels.dropout(kept, x.length, stream, 1, CounterRandom.keep48(1));
        assertSameBits(x, kept, "all");
        kernels.dropout(kept, x.length, stream, 1, CounterRandom.keep48(0));
        assertSameBits(new float[x.length], kept, "none");
    }
}
