package org.weir.proof;

import java.io.IOException;

/** Chooses λ as a user does who has validation sets and no test sets: merge with each of a few values, keep the best. */
final class LambdaPicker {
    /** A merge as a function of λ. */
    @FunctionalInterface
    interface Merge {
        Model with(double lambda) throws IOException;
    }

    record Pick(double lambda, double validation, Model merged) {}

    private LambdaPicker() {}

    /** The best of {@code steps} values up to {@code largest}; of equally good ones the smallest. */
    static Pick pick(Family family, double largest, int steps, Merge merge) throws IOException {
        Pick best = new Pick(0, -1, family.base());
        for (int i = 1; i <= steps; i++) {
            double lambda = largest * i / steps;
            Model merged = merge.with(lambda);
            double validation = family.validation(merged);
            if (validation > best.validation()) {
                best = new Pick(lambda, validation, merged);
            }
        }
        return best;
    }
}
