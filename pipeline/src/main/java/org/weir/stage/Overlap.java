package org.weir.stage;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.weir.simd.Kernels;

/**
 * RAM's fold (arXiv:2601.13572): an expert's delta is active where it is larger than epsilon. Where one expert is active
 * its delta is taken, times a factor of that expert; where more are, the mean of theirs.
 *
 * @param factors one per expert; each is rounded to f32 once
 * @param epsilon rounded to f32 once
 */
public record Overlap(List<Double> factors, double epsilon) implements Fold {

    static final int LANES = 3;
    static final String LABEL = "overlap";

    public Overlap {
        factors = List.copyOf(factors);
    }

    /** With factors of 1. */
    public static Fold plain(int experts, double epsilon) {
        return new Overlap(Collections.nCopies(experts, 1.0), epsilon);
    }

    @Override
    public int experts() {
        return factors.size();
    }

    @Override
    public int lanes() {
        return LANES;
    }

    @Override
    public void begin(float[][] lanes, int n) {
        for (int lane = 0; lane < LANES; lane++) {
            Arrays.fill(lanes[lane], 0, n, 0f);
        }
    }

    @Override
    public void accept(int expert, Strip strip, float[][] lanes, Kernels kernels) {
        float factor = factors.get(expert).floatValue();
        kernels.addActive(lanes[0], lanes[1], lanes[2], strip.values(), (float) epsilon, factor, strip.length());
    }

    @Override
    public void finish(Strip place, float[][] lanes, Kernels kernels) {
        kernels.joinActive(lanes[0], lanes[0], lanes[1], lanes[2], place.length());
    }

    @Override
    public String label() {
        return LABEL;
    }
}
