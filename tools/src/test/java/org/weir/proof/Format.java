package org.weir.proof;

import java.nio.ByteBuffer;

/** How a number lies in a file, for the dtypes that the proofs meet; the constants' names are the file's. */
enum Format {
    F32(4, 24, -126),
    F16(2, 11, -14),
    BF16(2, 8, -126),
    I8(1, 0, 0),
    U8(1, 0, 0);

    private final int bytes;
    private final int precision;
    private final int minExponent;

    Format(int bytes, int precision, int minExponent) {
        this.bytes = bytes;
        this.precision = precision;
        this.minExponent = minExponent;
    }

    int bytes() {
        return bytes;
    }

    double read(ByteBuffer from, int element) {
        int at = element * bytes;
        return switch (this) {
            case F32 -> from.getFloat(at);
            case F16 -> Float.float16ToFloat(from.getShort(at));
            case BF16 -> Float.intBitsToFloat(from.getShort(at) << 16);
            case I8 -> from.get(at);
            case U8 -> from.get(at) & 0xff;
        };
    }

    /** Writes a number that this format holds exactly. */
    void write(ByteBuffer to, int element, double value) {
        if (Double.compare(round(value), value) != 0) {
            throw new IllegalArgumentException(value + " is no " + this);
        }
        int at = element * bytes;
        switch (this) {
            case F32 -> to.putFloat(at, (float) value);
            case F16 -> to.putShort(at, Float.floatToFloat16((float) value));
            case BF16 -> to.putShort(at, (short) (Float.floatToRawIntBits((float) value) >>> 16));
            case I8, U8 -> to.put(at, (byte) value);
        }
    }

    /** The unit in the last place of numbers as large as {@code value}. */
    double ulp(double value) {
        return Math.scalb(1.0, Math.max(Math.getExponent(value), minExponent) - (precision - 1));
    }

    /** The nearest number of this format, the even one of two; no proof comes near the largest. */
    double round(double value) {
        return precision == 0 ? Math.rint(value) : Math.rint(value / ulp(value)) * ulp(value);
    }
}
