package org.weir.stage;

import java.util.OptionalDouble;
import org.weir.simd.Bf16Fusion;
import org.weir.simd.CounterRandom;
import org.weir.simd.Kernels;

/**
 * DARE's random drop (Yu et al., arXiv:2311.03099): keeps each element with the same probability, else zeroes it.
 *
 * @param density the probability to keep, above 0 and below 1
 * @param random says which ones, from the element's place alone
 */
public record Dropout(double density, CounterRandom random) implements TileOp {

    public Dropout {
        if (!(density > 0 && density < 1)) {
            throw new IllegalArgumentException("density " + density + ", expected one between 0 and 1");
        }
    }

    @Override
    public boolean hasLargeLoops() {
        return true;
    }

    @Override
    public void apply(Strip strip, Strip base, Kernels kernels) {
        kernels.dropout(strip.values(), strip.length(), random, strip.firstElement(), CounterRandom.keep48(density));
    }

    @Override
    public boolean fuse(Bf16Fusion fusion, int expert, int block, int from, int to) {
        return fusion.drop(expert, random, CounterRandom.keep48(density));
    }

    @Override
    public OptionalDouble requestedDensity() {
        return OptionalDouble.of(density);
    }

    @Override
    public String label() {
        return "dropout";
    }
}
