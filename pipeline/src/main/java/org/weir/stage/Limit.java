package org.weir.stage;

import org.weir.simd.Kernels;

/**
 * Lets no magnitude be larger than a limit.
 *
 * @param largest rounded to f32 once
 */
public record Limit(double largest) implements TileOp {

    @Override
    public void apply(Strip strip, Strip base, Kernels kernels) {
        kernels.limit(strip.values(), (float) largest, strip.length());
    }

    @Override
    public String label() {
        return "limit";
    }
}
