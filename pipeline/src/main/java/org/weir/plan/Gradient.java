package org.weir.plan;

import java.util.List;

/**
 * A value that goes through points at equal distances, from the first layer to the last.
 *
 * @param points finite, at least one
 */
record Gradient(List<Double> points) {
    /** @throws IllegalArgumentException if there is no point */
    Gradient {
        points = List.copyOf(points);
        if (points.isEmpty()) {
            throw new IllegalArgumentException("a gradient without a point");
        }
    }

    /** The value at {@code t} from 0 to 1, in mergekit's order of operations, so that no last bit differs. */
    double at(double t) {
        int last = points.size() - 1;
        double scaled = t * last;
        int left = (int) scaled;
        double fraction = scaled - left;
        return (1 - fraction) * points.get(left) + fraction * points.get(Math.min(left + 1, last));
    }
}
