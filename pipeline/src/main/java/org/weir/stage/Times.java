package org.weir.stage;

import org.weir.simd.Kernels;

/**
 * Multiplies.
 *
 * @param factor rounded to f32 once
 */
record Times(double factor) implements TileOp {

    @Override
    public void apply(Strip strip, Strip base, Kernels kernels) {
        kernels.scale(strip.values(), (float) factor, strip.length());
    }

    @Override
    public String label() {
        return "unit norm";
    }
}
