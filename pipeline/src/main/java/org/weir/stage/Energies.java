package org.weir.stage;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.weir.simd.Kernels;

/**
 * Adds up each expert's δ² over the places that are selected.
 *
 * <p>f64 partial sums per block, joined in block order: the same for any tiles and threads.
 */
final class Energies implements JointSurvey {

    /** Where the energies' means sum to less, the experts count alike, as in mergekit; and where one is no number. */
    private static final double NEGLIGIBLE = 1e-6;

    private final Optional<TileOp> selection;
    private final Extent extent;
    private final double[][] partials;

    /** @param selection zeroes variances of places that are not selected */
    Energies(int experts, Optional<TileOp> selection, Extent extent) {
        this.selection = selection;
        this.extent = extent;
        this.partials = new double[experts][extent.blocks()];
    }

    @Override
    public int tableEntries() {
        return 0;
    }

    @Override
    public void accept(Strip place, Strip base, float[][] lanes, long[] table, int tableFrom, Kernels kernels) {
        int n = place.length();
        int experts = partials.length;
        if (selection.isPresent()) {
            kernels.sumOfSquaredDifferences(place.values(), lanes, 0, experts, n);
            selection.get().apply(place, base, kernels);
        }
        for (int expert = 0; expert < experts; expert++) {
            if (selection.isPresent()) {
                kernels.keepWhere(lanes[expert], place.values(), Float.MIN_VALUE, n);
            }
            partials[expert][place.block() - extent.firstBlock()] += kernels.dot(lanes[expert], lanes[expert], 0, n);
        }
    }

    @Override
    public void absorb(long[] table, int tableFrom) {}

    /** Each expert's share of the energy. */
    List<Double> shares() {
        double[] means = new double[partials.length];
        double sum = 0;
        for (int expert = 0; expert < means.length; expert++) {
            for (double partial : partials[expert]) {
                means[expert] += partial;
            }
            means[expert] /= extent.elements();
            sum += means[expert];
        }
        double all = sum;
        boolean alike = !(all >= NEGLIGIBLE && Double.isFinite(all));
        return Arrays.stream(means)
                .map(mean -> alike ? 1.0 / means.length : mean / all)
                .boxed()
                .toList();
    }

    @Override
    public String label() {
        return "energies";
    }
}
