package org.weir.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.weir.simd.Strips.assertSameBits;

import java.math.BigDecimal;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Cutting, counting and adding magnitudes, against definitions by value instead of by bits. */
class MagnitudesTest {

    private static final int N = 1000;

    private final Kernels kernels = Kernels.best();

    /** |x| as a double, NaN above infinity. */
    private static boolean below(float x, float threshold) {
        return Float.isNaN(x) ? false : Math.abs((double) x) < threshold;
    }

    @Property(tries = 100)
    void trimCutsWhatIsSmallerThanTheThreshold(@ForAll long seed, @ForAll boolean keepEqual) {
        Random random = new Random(seed);
        float[] x = Strips.anything(N, random);
        float threshold = Math.abs(Strips.numbers(1, random)[0]);
        int from = random.nextInt(N);
        int to = random.nextInt(from, N + 1);
        float[] expected = x.clone();
        for (int i = from; i < to; i++) {
            if (below(x[i], threshold) || !keepEqual && Math.abs(x[i]) == threshold) {
                expected[i] = 0;
            }
        }
        kernels.trim(x, from, to, Float.floatToIntBits(threshold), keepEqual);
        assertSameBits(expected, x, "seed " + seed);
    }

    @Test
    void trimAtTheEndsOfTheRangeKeepsAllOrNothing() {
        float[] x = Strips.anything(N, new Random(1));
        float[] kept = x.clone();
        kernels.trim(kept, 0, N, 0, true);
        assertSameBits(x, kept, "at 0");
        kernels.trim(kept, 0, N, 0x7fffffff, false);
        assertSameBits(new float[N], kept, "at the largest NaN");
    }

    @Property(tries = 100)
    void countsAboveTheBracketAndSortsWhatIsInside(@ForAll long seed) {
        Random random = new Random(seed);
        float[] x = Strips.anything(N, random);
        float lo = Math.abs(Strips.numbers(1, random)[0]);
        float hi = lo * 2;
        long[] bins = new long[11 + (Float.floatToIntBits(hi) - Float.floatToIntBits(lo) >>> 16)];
        long[] expected = bins.clone();
        int above = 0;
        for (float v : x) {
            if (Float.isNaN(v) || Math.abs((double) v) > hi) {
                above++;
            } else if (Math.abs(v) >= lo) {
                expected[10 + (Float.floatToIntBits(Math.abs(v)) - Float.floatToIntBits(lo)) / 65536]++;
            }
        }
        int counted = kernels.countMagnitudes(x, N, Float.floatToIntBits(lo), Float.floatToIntBits(hi), 16, bins, 10);
        assertEquals(above, counted, "seed " + seed);
        assertArrayEquals(expected, bins, "seed " + seed);
    }

    @Property(tries = 50)
    void magnitudesAddUpToAlmostTheExactSum(@ForAll long seed) {
        float[] x = Strips.numbers(N, new Random(seed));
        BigDecimal exact = BigDecimal.ZERO;
        for (float v : x) {
            exact = exact.add(new BigDecimal(v).abs());
        }
        assertEquals(exact.doubleValue(), kernels.sumMagnitudes(x, N), exact.doubleValue() * 1e-14);
    }

    /** The order written out: lane by lane, then neighbours; 1e16 + 1 is 1e16 in double, so that any other order shows. */
    @Test
    void magnitudesAreAddedOnSixteenLanesAndJoinedAsATree() {
        for (int n : Strips.LENGTHS) {
            float[] x = Strips.numbers(n, new Random(n));
            for (int i = 0; i < n; i += 3) {
                x[i] *= 1e18f;
            }
            double[] lane = new double[16];
            int rest = n - n % 16;
            for (int i = 0; i < rest; i++) {
                lane[i % 16] += Math.abs((double) x[i]);
            }
            for (int lanes = 16; lanes > 1; lanes /= 2) {
                for (int i = 0; i < lanes / 2; i++) {
                    lane[i] = lane[2 * i] + lane[2 * i + 1];
                }
            }
            for (int i = rest; i < n; i++) {
                lane[0] += Math.abs((double) x[i]);
            }
            assertEquals(lane[0], kernels.sumMagnitudes(x, n), "n=" + n);
        }
    }

    @Test
    void aSumWithNansIsTheOneNanOfJava() {
        float[] x = {1, Float.intBitsToFloat(0xffc12345), 2, Float.intBitsToFloat(0x7fc54321)};
        assertEquals(Double.doubleToRawLongBits(Double.NaN), Double.doubleToRawLongBits(kernels.sumMagnitudes(x, 4)));
    }
}
