package org.weir.checkpoint;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * CRC-32C sums (Castagnoli), and the arithmetic that makes the sum of a whole from those of its parts.
 *
 * <p>A sum is the remainder of a polynomial over GF(2), with the highest bit for x^0. As many zero bytes as n behind a
 * run multiply its sum by x^8n, so the sum of a whole is that of its parts, each moved by what follows it, XORed: in
 * any order, and whatever the parts are.
 */
public final class Crc32c {
    private static final int POLYNOMIAL = 0x82f63b78;
    private static final int ONE = 1 << 31;
    private static final int X = 1 << 30;
    private static final int BITS_PER_BYTE_LOG2 = 3;
    private static final long MAX_PIECE_BYTES = 1 << 30;

    /** x^(2^k). */
    private static final int[] SQUARES = squares();

    private Crc32c() {}

    /**
     * The sum of some bytes.
     *
     * @param bytes private memory: that of a file which shrinks meanwhile would end the JVM
     */
    public static int of(MemorySegment bytes) {
        CRC32C crc = new CRC32C();
        for (long at = 0; at < bytes.byteSize(); at += MAX_PIECE_BYTES) {
            crc.update(bytes.asSlice(at, Math.min(MAX_PIECE_BYTES, bytes.byteSize() - at))
                    .asByteBuffer());
        }
        return (int) crc.getValue();
    }

    static int of(byte[] bytes) {
        return of(MemorySegment.ofArray(bytes));
    }

    /** The sum of two runs, one behind the other. */
    public static int joined(int first, int second, long secondBytes) {
        return moved(first, secondBytes) ^ second;
    }

    /** What a run adds to the sum of a whole in which so many bytes follow it. */
    static int moved(int sum, long followingBytes) {
        int power = ONE;
        int square = BITS_PER_BYTE_LOG2;
        for (long left = followingBytes; left != 0; left >>>= 1) {
            if ((left & 1) != 0) {
                power = product(SQUARES[square], power);
            }
            square++;
        }
        return product(power, sum);
    }

    /** As manifests write it. */
    public static String text(int sum) {
        return HexFormat.of().toHexDigits(sum);
    }

    private static int[] squares() {
        int[] squares = new int[Long.SIZE + BITS_PER_BYTE_LOG2];
        squares[0] = X;
        for (int k = 1; k < squares.length; k++) {
            squares[k] = product(squares[k - 1], squares[k - 1]);
        }
        return squares;
    }

    /** Of two polynomials, modulo the one that defines the sum. */
    private static int product(int a, int b) {
        int product = 0;
        int shifted = b;
        for (int bit = ONE; bit != 0; bit >>>= 1) {
            if ((a & bit) != 0) {
                product ^= shifted;
            }
            shifted = (shifted >>> 1) ^ ((shifted & 1) == 0 ? 0 : POLYNOMIAL);
        }
        return product;
    }
}
