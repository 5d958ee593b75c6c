package org.weir.stage;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.weir.simd.Kernels;

/**
 * Counts for each expert its active elements that others share, and those in which it is alone.
 *
 * <pre>
 *   table   [ expert 0: alone, shared ][ expert 1: alone, shared ] ...
 * </pre>
 */
final class Overlaps implements JointSurvey {

    private final float epsilon;
    private final long[] counts;

    Overlaps(int experts, double epsilon) {
        this.epsilon = (float) epsilon;
        this.counts = new long[2 * experts];
    }

    @Override
    public int tableEntries() {
        return counts.length;
    }

    @Override
    public void accept(Strip place, Strip base, float[][] lanes, long[] table, int tableFrom, Kernels kernels) {
        int n = place.length();
        int experts = counts.length / 2;
        float[] active = lanes[experts];
        for (int lane = experts; lane < experts + Overlap.LANES; lane++) {
            Arrays.fill(lanes[lane], 0, n, 0f);
        }
        for (int expert = 0; expert < experts; expert++) {
            kernels.addActive(active, lanes[experts + 1], lanes[experts + 2], lanes[expert], epsilon, 1, n);
        }
        for (int expert = 0; expert < experts; expert++) {
            long shared = kernels.countActive(lanes[expert], active, epsilon, 2, n);
            table[tableFrom + 2 * expert] += kernels.countActive(lanes[expert], active, epsilon, 1, n) - shared;
            table[tableFrom + 2 * expert + 1] += shared;
        }
    }

    @Override
    public void absorb(long[] table, int tableFrom) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += table[tableFrom + i];
        }
    }

    /** For each expert shared ÷ alone, where no element alone counts as epsilon of one, as in mergekit. */
    List<Double> ratios() {
        return IntStream.range(0, counts.length / 2)
                .mapToObj(expert -> (double) counts[2 * expert + 1] / Math.max((double) counts[2 * expert], epsilon))
                .toList();
    }

    @Override
    public String label() {
        return "overlaps";
    }
}
