package org.weir.stage;

import java.util.OptionalDouble;
import org.weir.simd.Kernels;

/**
 * Sparsifies, then multiplies by ‖δ‖₁ before ÷ ‖δ‖₁ after, over the tensor (mergekit's rescaling).
 *
 * @param sparsify the operation that zeroes elements
 */
public record Rescale(TileOp sparsify) implements TileOp {

    @Override
    public boolean hasLargeLoops() {
        return sparsify.hasLargeLoops();
    }

    @Override
    public boolean ready() {
        return false;
    }

    @Override
    public Survey survey(Extent extent, int maxTableEntries) {
        return sparsify.ready() ? new L1Norms(sparsify, extent) : sparsify.survey(extent, maxTableEntries);
    }

    @Override
    public TileOp measured(Survey survey) {
        return survey instanceof L1Norms norms
                ? new Rescaled(sparsify, norms.ratio())
                : new Rescale(sparsify.measured(survey));
    }

    @Override
    public Scope scope() {
        return sparsify.scope();
    }

    @Override
    public int sweeps(boolean valuesRepeat, long elements, int maxTableEntries) {
        return sparsify.sweeps(valuesRepeat, elements, maxTableEntries) + 1;
    }

    @Override
    public void apply(Strip strip, Strip base, Kernels kernels) {
        throw new IllegalStateException("the L1 norms are not known yet");
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
