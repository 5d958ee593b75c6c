package org.weir.stage;

import java.util.List;

/**
 * How a tensor divides into vectors, each of which has an angle of its own.
 *
 * <pre>
 *   whole    0 0 0 0      rows    0 0 0 0      columns    0 1 2 3
 *            0 0 0 0              1 1 1 1                 0 1 2 3      (the vector that an element belongs to)
 * </pre>
 *
 * @param count how many vectors there are
 * @param length how many elements each has
 * @param interleaved whether neighbouring elements belong to different vectors
 */
public record Vectors(long count, long length, boolean interleaved) {

    /** The whole tensor as one. */
    public static Vectors whole(List<Long> shape) {
        return new Vectors(1, elements(shape), false);
    }

    /** One along the last dimension for each place in the others. */
    public static Vectors rows(List<Long> shape) {
        return shape.isEmpty()
                ? whole(shape)
                : new Vectors(elements(shape.subList(0, shape.size() - 1)), shape.getLast(), false);
    }

    /** One along the first dimension for each place in the others. */
    public static Vectors columns(List<Long> shape) {
        return shape.isEmpty()
                ? whole(shape)
                : new Vectors(elements(shape.subList(1, shape.size())), shape.getFirst(), true);
    }

    private static long elements(List<Long> shape) {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    /** Which vector an element belongs to. */
    int of(long element) {
        return Math.toIntExact(interleaved ? element % count : element / length);
    }

    /**
     * Where in a strip a run ends that begins at {@code from}: of one vector's elements, or, interleaved, of one element of
     * each vector from some vector on.
     */
    int endOfRun(Strip strip, int from) {
        long period = interleaved ? count : length;
        long left = period - (strip.firstElement() + from) % period;
        return (int) Math.min(strip.length(), from + left);
    }
}
