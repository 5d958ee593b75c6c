package org.weir.stage;

import java.util.OptionalDouble;
import org.weir.simd.Bf16Fusion;
import org.weir.simd.Kernels;

/**
 * Sparsifies, then multiplies what is left.
 *
 * @param sparsify the operation that zeroes elements, ready to run
 * @param factor rounded to f32 once
 */
public record Rescaled(TileOp sparsify, double factor) implements TileOp {

    @Override
    public boolean hasLargeLoops() {
        return sparsify.hasLargeLoops();
    }

    @Override
    public void apply(Strip strip, Strip base, Kernels kernels) {
        sparsify.apply(strip, base, kernels);
        kernels.scale(strip.values(), (float) factor, strip.length());
    }

    @Override
    public boolean fuse(Bf16Fusion fusion, int expert, int block, int from, int to) {
        return sparsify.fuse(fusion, expert, block, from, to) && fusion.scale(expert, (float) factor);
    }

    @Override
    public boolean showsNonFinite() {
        return sparsify.showsNonFinite() && (float) factor != 0 && Float.isFinite((float) factor);
    }

    @Override
    public OptionalDouble requestedDensity() {
        return sparsify.requestedDensity();
    }

    @Override
    public String label() {
        return "rescale";
    }
}
