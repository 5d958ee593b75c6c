package org.weir.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.weir.simd.Strips.assertSameBits;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
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

    /** The random bits that decide about an element: the most with which it is dropped. */
    private static int sixteenBits(CounterRandom stream, long element) {
        int lo = 0;
        int hi = 1 << 16;
        while (hi - lo > 1) {
            int middle = (lo + hi) / 2;
            boolean kept = stream.keeps(element, (long) middle << 32);
            lo = kept ? lo : middle;
            hi = kept ? middle : hi;
        }
        return lo;
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

    /** In steps of 2^-16 as well, where the rounding of a probability to f32 ends on what 16 random bits are compared with. */
    @Property(tries = 50)
    void eachElementHasItsOwnProbabilityAndIsDividedByIt(@ForAll long seed, @ForAll boolean rescale) {
        Random random = new Random(seed);
        long first = random.nextInt(1000) + (random.nextBoolean() ? 0 : (1L << 33) - 1500);
        CounterRandom stream = CounterRandom.of(seed, 1, "w");
        float[] x = Strips.anything(3000, random);
        long[] keep48 = new long[x.length];
        for (int i = 0; i < x.length; i++) {
            int u16 = sixteenBits(stream, first + i);
            keep48[i] = switch (random.nextInt(4)) {
                case 0 -> random.nextLong((1L << 48) + 1);
                case 1 -> (long) u16 << 32;
                case 2 -> ((long) u16 << 32) + random.nextInt(1 << 10);
                default -> ((u16 + 1L) << 32) - random.nextInt(1 << 10);
            };
        }
        float[] expected = x.clone();
        for (int i = 0; i < x.length; i++) {
            float kept = rescale ? x[i] / (float) Math.scalb((double) keep48[i], -48) : x[i];
            expected[i] = stream.keeps(first + i, keep48[i]) ? kept : 0f;
        }
        kernels.dropoutEach(x, x.length, stream, first, keep48, 0, rescale);
        assertSameBits(expected, x, "from element " + first);
    }

    @Test
    void probabilitiesOfRanksAreRoundedAsAnyOther() {
        for (double least : new double[] {0.35, 0.5, 0x1p-49, 0.3 + 0x1p-49}) {
            for (double span : new double[] {0, 0.3, 0x1p-40, 0x1p-46}) {
                long[] ranks = LongStream.range(0, 1001).toArray();
                kernels.keepByRank(ranks, 3, 1001, least, span, 1000);
                for (int rank = 0; rank < ranks.length; rank++) {
                    long expected = rank < 3 ? rank : CounterRandom.keep48(least + span * (rank / 1000.0));
                    assertEquals(expected, ranks[rank], "rank " + rank + ", " + least + ", " + span);
                }
            }
        }
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
