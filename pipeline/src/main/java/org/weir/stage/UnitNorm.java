package org.weir.stage;

import org.weir.simd.Kernels;

/**
 * Divides by the L2 norm, where that is a number above 0.
 *
 * @param scope what the norm is of
 */
public record UnitNorm(Scope scope) implements TileOp {

    @Override
    public boolean ready() {
        return false;
    }

    @Override
    public Survey survey(Extent extent, int maxTableEntries) {
        return new L2Norm(extent);
    }

    @Override
    public TileOp measured(Survey survey) {
        double norm = ((L2Norm) survey).norm();
        return new Times(norm > 0 && Double.isFinite(norm) ? 1 / norm : 1);
    }

    @Override
    public int sweeps(boolean valuesRepeat, long elements, int maxTableEntries) {
        return 1;
    }

    @Override
    public void apply(Strip strip, Strip base, Kernels kernels) {
        throw new IllegalStateException("the norm is not known yet");
    }

    @Override
    public String label() {
        return "unit norm";
    }
}
