package org.weir.simd;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Random bits that are a function of (seed, expert, tensor name, element index) and of nothing else, so that neither
 * tiles, threads nor vector width show in what is dropped. Output depends on every bit of this layout: it never changes.
 *
 * <p>The key is the first 16 bytes of SHA-256 over the seed (8 bytes, little endian), the expert (4 bytes, little endian;
 * −1 is the result) and the tensor's name in UTF-8, read as two little-endian longs. Each turns a 64-bit counter into 32 bits: the low word
 * of the counter runs through Wellons' triple32, its high word changes the key.
 *
 * <pre>
 *   first key:   hash(p), p = element / 2     31            16 15             0
 *                                            [ element 2p + 1 |  element 2p    ]     16 bits per element
 *
 *   keep48:      47            32 31                        0
 *               [     upper 16   |         lower 32          ]   keep probability * 2^48
 * </pre>
 *
 * An element is kept if its 16 bits are below keep48's upper 16. Where they are equal, once in 65,536 elements, 32 bits
 * of a hash of the element under the second key are compared with the lower 32. So a probability is exact to 2^-48 at
 * the price of half a hash.
 */
public final class CounterRandom {

    /** Multipliers of triple32, an integer permutation found by Chris Wellons (hash-prospector, public domain). */
    static final int MULTIPLY_1 = 0xed5ad4bb;

    static final int MULTIPLY_2 = 0xac4c1b51;
    static final int MULTIPLY_3 = 0x31848bab;

    /** Stands for the result where an expert's place would stand. */
    private static final int RESULT = -1;

    private final long pairKey;
    private final long elementKey;

    private CounterRandom(long pairKey, long elementKey) {
        this.pairKey = pairKey;
        this.elementKey = elementKey;
    }

    /**
     * The stream of one expert's tensor.
     *
     * @param expert place of the expert in the config, from 0
     */
    public static CounterRandom of(long seed, int expert, String tensor) {
        if (expert < 0) {
            throw new IllegalArgumentException("expert: found " + expert + ", expected 0 or more");
        }
        return stream(seed, expert, tensor);
    }

    /** The stream that rounds the result: no expert's. */
    public static CounterRandom ofResult(long seed, String tensor) {
        return stream(seed, RESULT, tensor);
    }

    private static CounterRandom stream(long seed, int expert, String tensor) {
        byte[] name = tensor.getBytes(UTF_8);
        ByteBuffer text = ByteBuffer.allocate(Long.BYTES + Integer.BYTES + name.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(seed)
                .putInt(expert)
                .put(name);
        ByteBuffer digest = ByteBuffer.wrap(sha256(text.array())).order(ByteOrder.LITTLE_ENDIAN);
        return new CounterRandom(digest.getLong(), digest.getLong());
    }

    /**
     * A keep probability in the form that {@link #keeps} takes.
     *
     * @throws IllegalArgumentException unless {@code probability} lies in [0, 1]
     */
    public static long keep48(double probability) {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("keep probability: found " + probability + ", expected 0 to 1");
        }
        return Math.round(probability * 0x1p48);
    }

    /** Whether the element at this place of the tensor (from 0) is kept, with probability {@code keep48 / 2^48}. */
    public boolean keeps(long element, long keep48) {
        int pairBits = hash(pairKey, element >>> 1);
        int u16 = (element & 1) == 0 ? pairBits & 0xffff : pairBits >>> 16;
        int upper = (int) (keep48 >>> 32);
        return u16 < upper || (u16 == upper && keepsTie(element, keep48));
    }

    /** Settles an element whose 16 bits equal the upper bits of {@code keep48}. */
    private boolean keepsTie(long element, long keep48) {
        return Integer.compareUnsigned(bits(element), (int) keep48) < 0;
    }

    /** 32 random bits of an element's own: its hash under the second key. */
    int bits(long element) {
        return hash(elementKey, element);
    }

    /** The key that hashes this element and all others that share {@code element >>> 32}. */
    long elementKeyAt(long element) {
        return keyOf(elementKey, element >>> 32);
    }

    /** How many elements from this one on share its {@link #elementKeyAt}. */
    static long elementsToNextElementKey(long element) {
        return (1L << 32) - (element & 0xffffffffL);
    }

    /** The key that hashes the pair of this element and of all others that share {@code element >>> 33}. */
    long pairKeyAt(long element) {
        return keyOf(pairKey, element >>> 33);
    }

    /** How many elements from this one on share its {@link #pairKeyAt}. */
    static long elementsToNextKey(long element) {
        return (1L << 33) - (element & ((1L << 33) - 1));
    }

    private static int hash(long key, long counter) {
        long k = keyOf(key, counter >>> 32);
        int x = (int) counter ^ (int) k;
        x ^= x >>> 17;
        x *= MULTIPLY_1;
        x += (int) (k >>> 32); // by the xor alone, streams would be one sequence in different orders
        x ^= x >>> 11;
        x *= MULTIPLY_2;
        x ^= x >>> 15;
        x *= MULTIPLY_3;
        return x ^ x >>> 14;
    }

    /** The key itself for the first 2^32 counters, then another for each further 2^32 (a step of splitmix64). */
    private static long keyOf(long key, long highWord) {
        if (highWord == 0) {
            return key;
        }
        long z = key + highWord * 0x9e3779b97f4a7c15L;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }

    private static byte[] sha256(byte[] text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
