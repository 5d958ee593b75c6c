package org.weir.plan;

import java.util.Locale;
import java.util.Optional;
import org.weir.checkpoint.DType;

/**
 * What a merge does where numbers or tensors do not fit.
 *
 * @param rounding how results become numbers of 16 bits
 * @param outDtype what merged tensors are stored as, whatever the config says
 * @param nonFinite what NaN and infinities in the inputs lead to; by default an end where one would change what other
 *     elements become, by way of a threshold or a norm, else a warning
 * @param allowMissing whether a tensor that some models lack is merged of those that have it
 * @param allowSubmatrix whether tensors of which some have more rows are merged in the rows that all have
 */
public record Exactness(
        Rounding rounding,
        Optional<DType> outDtype,
        Optional<NonFinite> nonFinite,
        boolean allowMissing,
        boolean allowSubmatrix) {

    /** To which of its two neighbours of 16 bits a result goes. */
    public enum Rounding {
        /** To the nearer one, half way to the even one. */
        NEAREST,
        /** To either at random, right on average: small updates are not lost. */
        STOCHASTIC;

        /** As the option is written. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What NaN and infinities lead to. */
    public enum NonFinite {
        /** An end of the merge. */
        FAIL,
        /** A warning that says how many there are and where. */
        WARN,
        /** Nothing: nobody looks. */
        IGNORE;

        /** As the option is written. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What holds when nothing is asked for. */
    public static Exactness strict() {
        return new Exactness(Rounding.NEAREST, Optional.empty(), Optional.empty(), false, false);
    }
}
