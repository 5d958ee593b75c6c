package org.weir.stage;

import org.weir.simd.Kernels;

/**
 * At least the floor, and a constant more.
 *
 * @param floor rounded to f32 once
 * @param added rounded to f32 once
 */
public record Raise(double floor, double added) implements TileOp {

    @Override
    public void apply(Strip strip, Strip base, Kernels kernels) {
        kernels.raise(strip.values(), (float) floor, (float) added, strip.length());
    }

    @Override
    public String label() {
        return "raise";
    }
}
