package org.weir.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

/** When two results of different arithmetic are the same. */
final class Closeness {
    private Closeness() {}

    /**
     * An f32 result agrees with another when no element differs by more than 4 units in the last place of the largest number
     * that went into it (base, expert, weighted delta or result), or 1e-6 of itself, whichever is more: both sides sum the
     * same few numbers and round each step, in different orders.
     */
    static void assertSame(String tensor, Tensor result, Truth truth) {
        assertEquals(truth.elements(), result.elements(), tensor);
        for (int i = 0; i < truth.elements(); i++) {
            double allowed = f32Noise(truth, i);
            if (!(truth.error(i, result.at(i)) <= Math.max(allowed, 1e-6 * Math.abs(truth.values()[i])))) {
                fail("%s[%d]: found %s, expected %s within %s"
                        .formatted(tensor, i, result.at(i), truth.values()[i], allowed));
            }
        }
    }

    /**
     * A result of 16 bits that was computed in f32 and rounded at the end differs from the exact one by half a unit of its
     * last place, and by what f32 may be off.
     */
    static void assertRoundedOnce(String tensor, Tensor result, Truth truth) {
        assertEquals(truth.elements(), result.elements(), tensor);
        for (int i = 0; i < truth.elements(); i++) {
            double halfUnit = 0.5 * result.format().ulp(truth.nearest(i, result.at(i)));
            if (!(truth.error(i, result.at(i)) <= halfUnit + f32Noise(truth, i))) {
                fail("%s[%d]: found %s, expected %s rounded to %s"
                        .formatted(tensor, i, result.at(i), truth.values()[i], result.format()));
            }
        }
    }

    /**
     * A result is at least as near to the truth as another, in sum over the tensor and in the worst element. Both may have
     * rounded to the same numbers, or f32 may have tipped a number that lies halfway between two, so f32's error is allowed.
     * Where the other has NaN, it is as far off as can be.
     */
    static void assertNearer(String tensor, Tensor result, Tensor other, Truth truth) {
        double ours = 0;
        double theirs = 0;
        double noise = 0;
        double ourWorst = 0;
        double theirWorst = 0;
        double worstNoise = 0;
        for (int i = 0; i < truth.elements(); i++) {
            ours += truth.error(i, result.at(i));
            double their = Double.isNaN(other.at(i)) ? Double.POSITIVE_INFINITY : truth.error(i, other.at(i));
            theirs += their;
            noise += f32Noise(truth, i);
            ourWorst = Math.max(ourWorst, truth.error(i, result.at(i)));
            theirWorst = Math.max(theirWorst, their);
            worstNoise = Math.max(worstNoise, f32Noise(truth, i));
        }
        assertTrue(ours <= theirs + noise, "%s: sum of errors %s, the other's %s".formatted(tensor, ours, theirs));
        assertTrue(
                ourWorst <= theirWorst + worstNoise,
                "%s: worst error %s, the other's %s".formatted(tensor, ourWorst, theirWorst));
    }

    /** What a computation in f32 may be off, before its result is rounded to something shorter. */
    static double f32Noise(Truth truth, int element) {
        return 4 * Format.F32.ulp(truth.operands()[element]);
    }
}
