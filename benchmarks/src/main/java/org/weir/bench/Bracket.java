package org.weir.bench;

import java.util.Arrays;

/** The magnitude bits between which a survey looks for the threshold that keeps a fifth. */
record Bracket(int lo, int threshold, int hi, int shift) {
    static final int TABLE_ENTRIES = 65_538;

    static final Bracket ALL = new Bracket(0, 0, Integer.MAX_VALUE, 15);
    static final Bracket BF16 = around(Values.DELTAS_OF_BF16, 0.005);
    static final Bracket BF16_WIDE = around(Values.DELTAS_OF_BF16, 0.15);
    static final Bracket F32 = around(Values.DELTAS_OF_F32, 0.005);
    static final Bracket F32_WIDE = around(Values.DELTAS_OF_F32, 0.15);

    /** From the quantiles of a sample, so many to either side. */
    private static Bracket around(Values values, double share) {
        int[] sample = new int[1 << 16];
        for (int i = 0; i < sample.length; i++) {
            sample[i] = Float.floatToRawIntBits(Math.abs(values.at(0, i)));
        }
        Arrays.sort(sample);
        int lo = sample[(int) (sample.length * (0.8 - share))];
        int hi = sample[(int) (sample.length * (0.8 + share))];
        int shift = Math.max(0, 16 - Integer.numberOfLeadingZeros(hi - lo | 1));
        return new Bracket(lo, sample[(int) (sample.length * 0.8)], hi, shift);
    }
}
