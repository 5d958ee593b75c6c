package org.weir.stage;

/** What each vector of a combination is multiplied with, given how they lie to one another. */
@FunctionalInterface
public interface Coefficients {

    /** As many as there are vectors; a vector that holds a NaN or an Inf has such a product with itself. */
    double[] of(DotProducts products);
}
