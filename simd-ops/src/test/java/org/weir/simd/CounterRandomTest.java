package org.weir.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Random;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CounterRandomTest {

    private static final int DRAWS = 1 << 20;
    private static final long HALF = CounterRandom.keep48(0.5);

    // The layout once more, from its text, in whole numbers without a sign.

    private static final BigInteger TWO_64 = BigInteger.ONE.shiftLeft(64);

    private static long[] keysByTheText(long seed, int expert, String tensor) throws Exception {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int i = 0; i < 8; i++) {
            text.write((int) (seed >> 8 * i));
        }
        for (int i = 0; i < 4; i++) {
            text.write(expert >> 8 * i);
        }
        text.write(tensor.getBytes(StandardCharsets.UTF_8));
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.toByteArray());
        long[] k = new long[4];
        for (int i = 0; i < 16; i++) {
            k[i / 4] |= (digest[i] & 0xffL) << 8 * (i % 4);
        }
        return k;
    }

    private static long hashByTheText(long k0, long k1, long counter) {
        long high = counter >> 32;
        if (high > 0) {
            BigInteger z = BigInteger.valueOf(k1).shiftLeft(32).add(BigInteger.valueOf(k0));
            z = z.add(BigInteger.valueOf(high).multiply(new BigInteger("9e3779b97f4a7c15", 16)))
                    .mod(TWO_64);
            z = z.xor(z.shiftRight(30))
                    .multiply(new BigInteger("bf58476d1ce4e5b9", 16))
                    .mod(TWO_64);
            z = z.xor(z.shiftRight(27))
                    .multiply(new BigInteger("94d049bb133111eb", 16))
                    .mod(TWO_64);
            z = z.xor(z.shiftRight(31));
            k0 = z.longValue() & 0xffffffffL;
            k1 = z.shiftRight(32).longValue();
        }
        long x = (counter & 0xffffffffL) ^ k0;
        x ^= x >> 17;
        x = x * 0xed5ad4bbL & 0xffffffffL;
        x = x + k1 & 0xffffffffL;
        x ^= x >> 11;
        x = x * 0xac4c1b51L & 0xffffffffL;
        x ^= x >> 15;
        x = x * 0x31848babL & 0xffffffffL;
        return x ^ x >> 14;
    }

    private static boolean keepsByTheText(long[] k, long element, long keep48) {
        long pairBits = hashByTheText(k[0], k[1], element / 2);
        long u16 = element % 2 == 0 ? pairBits % 65536 : pairBits / 65536;
        long u32 = hashByTheText(k[2], k[3], element);
        return u16 * (1L << 32) + (u16 == keep48 >> 32 ? u32 : 0) < keep48;
    }

    @Test
    void isWhatItsTextSays() throws Exception {
        Random random = new Random(1);
        for (int stream = 0; stream < 50; stream++) {
            long seed = stream == 0 ? 0 : random.nextLong();
            int expert = stream == 0 ? 0 : random.nextInt(1 << random.nextInt(1, 31));
            String tensor = stream == 0 ? "" : "model.layers." + stream + ".größe";
            CounterRandom drawn = CounterRandom.of(seed, expert, tensor);
            long[] keys = keysByTheText(seed, expert, tensor);
            for (int i = 0; i < 2000; i++) {
                long element = random.nextLong(1L << random.nextInt(1, 63));
                long keep48 = CounterRandom.keep48(random.nextDouble());
                assertEquals(keepsByTheText(keys, element, keep48), drawn.keeps(element, keep48), tensor + element);
            }
        }
    }

    @Test
    void resultsDrawFromAStreamThatIsNoExperts() throws Exception {
        for (String tensor : new String[] {"", "model.layers.0.mlp.up_proj.weight", "Gewicht-ä-𝛿"}) {
            Random random = new Random(tensor.length());
            long seed = random.nextLong();
            CounterRandom drawn = CounterRandom.ofResult(seed, tensor);
            long[] keys = keysByTheText(seed, -1, tensor);
            for (int i = 0; i < 2000; i++) {
                long element = random.nextLong(1L << random.nextInt(1, 63));
                assertEquals(hashByTheText(keys[2], keys[3], element), drawn.bits(element) & 0xffffffffL);
            }
        }
    }

    @Test
    void settlesTiesAsItsTextSays() throws Exception {
        CounterRandom drawn = CounterRandom.of(7, 2, "w");
        long[] keys = keysByTheText(7, 2, "w");
        Random random = new Random(2);
        for (int i = 0; i < 20_000; i++) {
            long element = random.nextLong(1L << random.nextInt(1, 63));
            long pairBits = hashByTheText(keys[0], keys[1], element / 2);
            long u16 = element % 2 == 0 ? pairBits % 65536 : pairBits / 65536;
            long keep48 = (u16 << 32) + random.nextLong(1L << 32);
            assertEquals(keepsByTheText(keys, element, keep48), drawn.keeps(element, keep48), "element " + element);
        }
    }

    /** Written down once: these bits are part of what a merge with a seed means. */
    @Test
    void drawsTheSameAsEver() {
        assertEquals("1757b8b52fe05699", firstSixtyFour(CounterRandom.of(42, 0, "model.embed_tokens.weight"), 0));
        assertEquals("48a7b47a6be3bdae", firstSixtyFour(CounterRandom.of(42, 1, "model.embed_tokens.weight"), 0));
        assertEquals(
                "a210451423d2e57a", firstSixtyFour(CounterRandom.of(42, 0, "model.embed_tokens.weight"), 1L << 33));
    }

    private static String firstSixtyFour(CounterRandom drawn, long from) {
        long bits = 0;
        for (int i = 0; i < 64; i++) {
            bits |= drawn.keeps(from + i, HALF) ? 1L << i : 0;
        }
        return "%016x".formatted(bits);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0x1p-18, 1e-4, 0.1, 1.0 / 3, 0.5, 0.7, 0.999, 1 - 0x1p-18, 1})
    void keepsAsManyAsTheProbabilitySays(double probability) {
        CounterRandom drawn = CounterRandom.of(3, 1, "rate");
        long keep48 = CounterRandom.keep48(probability);
        double deviation = Math.sqrt(DRAWS * probability * (1 - probability));
        assertEquals(DRAWS * probability, count(element -> drawn.keeps(element, keep48)), 4.5 * deviation);
    }

    private static int count(LongPredicate kept) {
        int count = 0;
        for (long element = 0; element < DRAWS; element++) {
            count += kept.test(element) ? 1 : 0;
        }
        return count;
    }

    private static void assertIndependent(String what, LongPredicate a, LongPredicate b) {
        int agreements = count(element -> a.test(element) == b.test(element));
        assertEquals(DRAWS / 2.0, agreements, 4.5 * Math.sqrt(DRAWS / 4.0), what);
    }

    @Test
    void seedsExpertsTensorsAndPlacesDrawIndependently() {
        CounterRandom one = CounterRandom.of(1, 0, "a");
        LongPredicate kept = element -> one.keeps(element, HALF);
        CounterRandom seed = CounterRandom.of(2, 0, "a");
        assertIndependent("seed", kept, element -> seed.keeps(element, HALF));
        CounterRandom expert = CounterRandom.of(1, 1, "a");
        assertIndependent("expert", kept, element -> expert.keeps(element, HALF));
        CounterRandom tensor = CounterRandom.of(1, 0, "b");
        assertIndependent("tensor", kept, element -> tensor.keeps(element, HALF));
        for (long lag : new long[] {1, 2, 3, 4096, 1L << 31, 1L << 32, 1L << 33, 1L << 34, 1L << 62}) {
            assertIndependent("lag " + lag, kept, element -> one.keeps(element + lag, HALF));
            assertIndependent("other seed, lag " + lag, kept, element -> seed.keeps(element + lag, HALF));
        }
    }

    @Test
    void aKeepProbabilityIsExactTo48Bits() {
        assertEquals(0, CounterRandom.keep48(0));
        assertEquals(1L << 48, CounterRandom.keep48(1));
        assertEquals(1L << 47, CounterRandom.keep48(0.5));
        assertEquals(28147497671066L, CounterRandom.keep48(0.1));
        assertEquals(1, CounterRandom.keep48(0x1p-48));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1.0000001, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesWhatIsNoProbability(double probability) {
        assertThrows(IllegalArgumentException.class, () -> CounterRandom.keep48(probability));
    }

    @Test
    void refusesANegativeExpert() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> CounterRandom.of(1, -1, "a"))
                .getMessage()
                .contains("-1"));
    }
}
