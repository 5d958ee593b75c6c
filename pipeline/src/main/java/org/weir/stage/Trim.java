package org.weir.stage;

import java.util.OptionalDouble;
import org.weir.simd.Kernels;

/**
 * TIES' trim (Yadav et al., arXiv:2306.01708): keeps the k entries of largest magnitude, zeroes the others.
 *
 * <p>k = ⌊density · n⌋ as mergekit computes it, but at least 1. Where more entries than needed equal the k-th
 * magnitude, those of lowest index stay, or all of them with {@code keepTies}, as in the authors' code.
 *
 * @param density the share to keep, above 0 and below 1
 * @param keepTies whether every entry equal to the k-th stays
 * @param scope what n is the size of
 */
public record Trim(double density, boolean keepTies, Scope scope) implements TileOp {

    public Trim {
        if (!(density > 0 && density < 1)) {
            throw new IllegalArgumentException("density " + density + ", expected one between 0 and 1");
        }
    }

    @Override
    public boolean ready() {
        return false;
    }

    @Override
    public Survey survey(Extent extent, int maxTableEntries) {
        return to(extent.elements()).survey(extent, maxTableEntries);
    }

    private TrimTo to(long elements) {
        return new TrimTo(Math.max(1, (long) (density * elements)), keepTies, scope);
    }

    @Override
    public TileOp measured(Survey survey) {
        return TrimTo.concluded(survey);
    }

    @Override
    public int sweeps(boolean valuesRepeat, long elements, int maxTableEntries) {
        return to(elements).sweeps(valuesRepeat, elements, maxTableEntries);
    }

    @Override
    public void apply(Strip strip, Strip base, Kernels kernels) {
        throw new IllegalStateException("the threshold is not known yet");
    }

    @Override
    public OptionalDouble requestedDensity() {
        return OptionalDouble.of(density);
    }

    @Override
    public String label() {
        return "trim";
    }
}
