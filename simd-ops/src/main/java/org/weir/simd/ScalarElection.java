package org.weir.simd;

/** The definitions of votes and their outcome, over ranges {@code [from, to)}; see {@link Kernels}. */
final class ScalarElection {

    private ScalarElection() {}

    static void vote(
            float[] total,
            float[] plus,
            float[] plusWeight,
            float[] minus,
            float[] minusWeight,
            float[] x,
            float weight,
            int from,
            int to) {
        for (int i = from; i < to; i++) {
            float v = weight * x[i];
            if (!Float.isNaN(total[i])) {
                total[i] += v;
            }
            if (v > 0) {
                plus[i] += v;
                plusWeight[i] += weight;
            } else if (v < 0) {
                minus[i] += v;
                minusWeight[i] += weight;
            }
        }
    }

    static void elect(
            float[] out,
            float[] total,
            float[] plus,
            float[] plusWeight,
            float[] minus,
            float[] minusWeight,
            boolean normalize,
            int from,
            int to) {
        for (int i = from; i < to; i++) {
            if (Float.isNaN(total[i])) {
                out[i] = Float.NaN;
                continue;
            }
            boolean positive = total[i] >= 0;
            float elected = positive ? plus[i] : minus[i];
            float weight = positive ? plusWeight[i] : minusWeight[i];
            out[i] = normalize && weight != 0 ? elected / weight : elected;
        }
    }
}
