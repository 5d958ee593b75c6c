package org.weir.simd;

import java.util.Arrays;

/**
 * A 16-bit float format by its definition, sign, exponent and fraction, and rounding to it by looking for the two
 * neighbours: nothing here is shared with the codecs.
 */
final class NearestEven {

    private final int fractionBits;

    /** The value of each magnitude pattern up to infinity's, which stands for the power of two that would follow. */
    private final double[] values;

    NearestEven(int exponentBits, int fractionBits) {
        this.fractionBits = fractionBits;
        int bias = (1 << (exponentBits - 1)) - 1;
        values = new double[(((1 << exponentBits) - 1) << fractionBits) + 1];
        for (int pattern = 0; pattern < values.length; pattern++) {
            int exponent = pattern >>> fractionBits;
            int fraction = pattern & ((1 << fractionBits) - 1);
            int significand = exponent == 0 ? fraction : fraction + (1 << fractionBits);
            values[pattern] = Math.scalb((double) significand, Math.max(exponent, 1) - bias - fractionBits);
        }
    }

    /** The pattern of infinity; greater magnitudes are NaN. */
    int infinity() {
        return values.length - 1;
    }

    int quietBit() {
        return 1 << (fractionBits - 1);
    }

    /** The value of a pattern that is not NaN. */
    float decode(int pattern) {
        int magnitude = pattern & 0x7fff;
        double value = magnitude == infinity() ? Double.POSITIVE_INFINITY : values[magnitude];
        return (float) (pattern < 0x8000 ? value : -value);
    }

    /** The pattern nearest to a number, of two equally near the even one. */
    int encode(float x) {
        int sign = Float.floatToRawIntBits(x) < 0 ? 0x8000 : 0;
        int found = Arrays.binarySearch(values, Math.abs((double) x));
        if (found >= 0) {
            return sign | found;
        }
        int upper = -found - 1;
        if (upper > infinity()) {
            return sign | infinity();
        }
        int lower = upper - 1;
        int order = Double.compare(2 * Math.abs((double) x), values[lower] + values[upper]); // both sides exact
        return sign | (order < 0 || order == 0 && lower % 2 == 0 ? lower : upper);
    }

    /** The float half way to the next pattern. */
    float middleAbove(int magnitude) {
        return (float) ((values[magnitude] + values[magnitude + 1]) / 2);
    }
}
