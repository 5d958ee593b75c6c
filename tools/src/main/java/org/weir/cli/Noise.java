package org.weir.cli;

/**
 * Random numbers that are a function of their place, for synthetic weights: good enough to look like trained ones to a
 * merge, as cheap as a copy.
 *
 * <p>A normal deviate is the sum of four 16-bit uniforms (Irwin-Hall) scaled to variance 1. Its tails end at 3.46
 * standard deviations and its excess kurtosis is -0.3. The uniforms are the halves of two 32-bit hashes of the element's
 * index.
 */
final class Noise {
    /** Elements of a run; an array of them, because C2 makes vector code of a loop that loads its index. */
    static final int MAX_RUN = 2048;

    private static final int[] INDEX = new int[MAX_RUN];
    /** Four uniforms over [0, 65535]: the sum has this mean, and a variance of (2^32 - 1) / 3. */
    private static final int MEAN = 4 * 65535 / 2;

    private static final double DEVIATION = Math.sqrt(((1L << 32) - 1) / 3.0);

    static {
        for (int i = 0; i < MAX_RUN; i++) {
            INDEX[i] = i;
        }
    }

    private final long key;

    private Noise(long key) {
        this.key = key;
    }

    /** The stream of one tensor of one model, for one use. */
    static Noise of(long seed, int model, String tensor, int use) {
        long key = mixed(seed) ^ (((long) model << 8) | use);
        for (int i = 0; i < tensor.length(); i++) {
            key = mixed(key) ^ tensor.charAt(i);
        }
        return new Noise(mixed(key));
    }

    /** {@code to[0..n) = mean + deviation * normal} for the elements from {@code first} on; a run stays inside 2^32. */
    void normals(long first, float mean, double deviation, float[] to, int n) {
        long page = mixed(key ^ (first >>> 32));
        int k0 = (int) page;
        int k1 = (int) (page >>> 32);
        int start = (int) first;
        float factor = (float) (deviation / DEVIATION);
        int[] index = INDEX;
        for (int i = 0; i < n; i++) {
            int a = hash((start + index[i]) * 0x9e3779b1 + k0);
            int b = hash((start + index[i]) * 0x85ebca77 + k1);
            int sum = (a & 0xffff) + (a >>> 16) + (b & 0xffff) + (b >>> 16);
            to[i] = mean + (sum - MEAN) * factor;
        }
    }

    /** Zeroes a share of {@code x[0..n)}, which is the elements from {@code first} on. */
    void dropShare(long first, double share, float[] x, int n) {
        long page = mixed(key ^ (first >>> 32));
        int k0 = (int) page;
        int start = (int) first;
        int below = (int) Math.round(share * (1 << 24));
        int[] index = INDEX;
        for (int i = 0; i < n; i++) {
            int bits = hash((start + index[i]) * 0x9e3779b1 + k0) >>> 8;
            x[i] = bits < below ? 0 : x[i];
        }
    }

    /** Wellons' lowbias32. */
    private static int hash(int bits) {
        int x = bits;
        x = (x ^ (x >>> 16)) * 0x7feb352d;
        x = (x ^ (x >>> 15)) * 0x846ca68b;
        return x ^ (x >>> 16);
    }

    /** The finaliser of splitmix64. */
    private static long mixed(long bits) {
        long x = bits + 0x9e3779b97f4a7c15L;
        x = (x ^ (x >>> 30)) * 0xbf58476d1ce4e5b9L;
        x = (x ^ (x >>> 27)) * 0x94d049bb133111ebL;
        return x ^ (x >>> 31);
    }
}
