package org.weir.proof;

import java.util.stream.IntStream;

/**
 * One merged tensor in double precision.
 *
 * @param values what each element should be
 * @param otherwise what it becomes when the election goes the other way; differs from {@code values} only where the votes
 *     cancel to less than a float of their sum holds, so that no float computation can tell who won
 * @param operands the largest magnitude that went into an element or came out, the scale of its rounding
 */
record Truth(double[] values, double[] otherwise, double[] operands) {
    int elements() {
        return values.length;
    }

    /** Another's result in the place of the truth, to be compared with at the same scale. */
    Truth withValues(Tensor other) {
        double[] theirs = IntStream.range(0, elements()).mapToDouble(other::at).toArray();
        return new Truth(theirs, theirs, operands);
    }

    /** What an element should be, in the election's favour where that could have gone either way. */
    double nearest(int element, double result) {
        boolean other = Math.abs(result - otherwise[element]) < Math.abs(result - values[element]);
        return other ? otherwise[element] : values[element];
    }

    /** How far a result is from the truth. */
    double error(int element, double result) {
        return Math.abs(result - nearest(element, result));
    }

    long undecided() {
        return IntStream.range(0, elements())
                .filter(i -> values[i] != otherwise[i])
                .count();
    }
}
