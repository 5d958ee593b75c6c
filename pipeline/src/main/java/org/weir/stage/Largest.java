package org.weir.stage;

import java.util.Arrays;
import org.weir.simd.Kernels;

/** MagMax (Marczak et al., arXiv:2407.06322): in each place the delta of largest magnitude, the later of equals. */
public record Largest(int experts) implements Fold {

    @Override
    public int lanes() {
        return 1;
    }

    @Override
    public void begin(float[][] lanes, int n) {
        Arrays.fill(lanes[0], 0, n, 0f);
    }

    @Override
    public void accept(int expert, Strip strip, float[][] lanes, Kernels kernels) {
        kernels.keepLarger(lanes[0], strip.values(), strip.length());
    }

    @Override
    public void finish(Strip place, float[][] lanes, Kernels kernels) {}

    @Override
    public String label() {
        return "largest";
    }
}
