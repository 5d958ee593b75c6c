package org.weir.stage;

import org.weir.simd.Kernels;

/** The dot products of the experts for each of a tensor's {@link Vectors}. Summed in the order of the elements. */
public final class VectorwiseProducts implements JointSurvey {

    private final int experts;
    private final Vectors vectors;
    /** For each pair of experts those of all vectors. */
    private final double[][] sums;

    VectorwiseProducts(int experts, Vectors vectors) {
        this.experts = experts;
        this.vectors = vectors;
        this.sums = new double[DotProducts.pairs(experts)][Math.toIntExact(vectors.count())];
    }

    static long bytes(int experts, Vectors vectors) {
        return vectors.count() * DotProducts.pairs(experts) * Double.BYTES;
    }

    @Override
    public int tableEntries() {
        return 0;
    }

    @Override
    public void accept(Strip place, Strip base, float[][] lanes, long[] table, int tableFrom, Kernels kernels) {
        for (int from = 0; from < place.length(); ) {
            int to = vectors.endOfRun(place, from);
            add(vectors.of(place.firstElement() + from), lanes, from, to, kernels);
            from = to;
        }
    }

    private void add(int vector, float[][] lanes, int from, int to, Kernels kernels) {
        int pair = 0;
        for (int i = 0; i < experts; i++) {
            for (int j = i; j < experts; j++) {
                double[] sum = sums[pair++];
                if (vectors.interleaved()) {
                    kernels.addProducts(sum, vector, lanes[i], lanes[j], from, to);
                } else {
                    sum[vector] += kernels.dot(lanes[i], lanes[j], from, to);
                }
            }
        }
    }

    @Override
    public void absorb(long[] table, int tableFrom) {}

    DotProducts products(int vector) {
        double[] pairs = new double[sums.length];
        for (int pair = 0; pair < pairs.length; pair++) {
            pairs[pair] = sums[pair][vector];
        }
        return new DotProducts(experts, pairs);
    }

    @Override
    public String label() {
        return "dot products";
    }
}
