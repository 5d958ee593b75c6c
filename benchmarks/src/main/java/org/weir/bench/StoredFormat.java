package org.weir.bench;

import org.weir.simd.Codec;
import org.weir.simd.F16Codec;
import org.weir.simd.F32Codec;
import org.weir.simd.F64Codec;
import org.weir.simd.Kernels;

/** Floats as files hold them, defined by the IEEE formula and not by the codecs' tricks. */
public enum StoredFormat {
    BF16(2, 7, 127),
    F16(2, 10, 15),
    F32(4, 23, 127),
    F64(8, 52, 1023);

    private final int bytes;
    private final int fractionBits;
    private final int bias;

    StoredFormat(int bytes, int fractionBits, int bias) {
        this.bytes = bytes;
        this.fractionBits = fractionBits;
        this.bias = bias;
    }

    int bytes() {
        return bytes;
    }

    Codec codec(Kernels kernels) {
        return switch (this) {
            case BF16 -> kernels.bf16();
            case F16 -> new F16Codec();
            case F32 -> new F32Codec();
            case F64 -> new F64Codec();
        };
    }

    /** The bits of some number between 2^-7 and 2^8, another for each index; an F64 that a float holds exactly. */
    long someBits(long index) {
        long random = index * 0x9e3779b97f4a7c15L;
        random ^= random >>> 32;
        long sign = random & 1;
        long exponent = bias - 7 + (random >>> 1 & 0xf) % 15;
        int kept = Math.min(fractionBits, 23);
        long fraction = (random >>> 8 & ((1L << kept) - 1)) << (fractionBits - kept);
        return sign << (8L * bytes - 1) | exponent << fractionBits | fraction;
    }

    /** What bits of {@link #someBits} stand for; exact. */
    double value(long bits) {
        int exponent = (int) (bits >>> fractionBits & 2L * bias + 1);
        double significand = 1 + Math.scalb((double) (bits & ((1L << fractionBits) - 1)), -fractionBits);
        double magnitude = Math.scalb(significand, exponent - bias);
        return bits >>> (8 * bytes - 1) == 0 ? magnitude : -magnitude;
    }

    /** A float that is not the number of these bits, if floats are finer, but nearer to it than to any other. */
    float near(long bits) {
        double value = value(bits);
        double step = Math.scalb(Math.abs(value), -fractionBits) / 4; // at most half of a half unit in the last place
        return fractionBits >= 23 ? (float) value : (float) (value + ((bits & 2) == 0 ? step : -step / 2));
    }
}
