package org.weir.engine;

import java.util.SplittableRandom;

/**
 * A random part of all tensors, in pieces of at most 256 KiB. The first tensor's first piece is always in it, so that no
 * sample is empty.
 *
 * @param share of the pieces, above 0 to 1
 * @param seed another one gives other pieces
 */
public record Sample(double share, long seed) {

    static final int PIECE_BYTES = 1 << 18;
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    public Sample {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("a share of " + share + " is not above 0 and at most 1");
        }
    }

    /** The first byte of a tensor from {@code begin} on that is in it, or {@code end}. */
    long next(int tensor, long begin, long end) {
        long at = begin;
        while (at < end && !has(tensor, at / PIECE_BYTES)) {
            at = pieceEnd(at);
        }
        return Math.min(at, end);
    }

    static long pieceEnd(long at) {
        return (at / PIECE_BYTES + 1) * PIECE_BYTES;
    }

    private boolean has(int tensor, long piece) {
        boolean first = tensor == 0 && piece == 0;
        long place = tensor * 0x1_0000_0000L + piece;
        return first || share == 1 || new SplittableRandom(seed ^ (place * GOLDEN)).nextDouble() < share;
    }
}
