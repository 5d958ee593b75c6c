package org.weir.checkpoint;

import java.util.Arrays;
import java.util.List;

/** The dimensions of a tensor, outermost first. No dimensions: a scalar, one element. A dimension of 0: no elements. */
public final class Shape {
    private final List<Long> dims;
    private final long elements;

    /**
     * Checks that the elements can be counted.
     *
     * @throws IllegalArgumentException if a dimension is negative or their number does not fit
     */
    public Shape(List<Long> dims) {
        this.dims = List.copyOf(dims);
        this.elements = elementsOf(this.dims);
    }

    public static Shape of(long... dims) {
        return new Shape(Arrays.stream(dims).boxed().toList());
    }

    public List<Long> dims() {
        return dims;
    }

    /** Counted once: a plan asks for it many times, and tensors of one shape may share it. */
    public long elements() {
        return elements;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && dims.equals(shape.dims);
    }

    @Override
    public int hashCode() {
        return dims.hashCode();
    }

    @Override
    public String toString() {
        return dims.toString();
    }

    /** Left to right and unsigned, as the reference does it: a 0 saves what comes after it, not what came before. */
    private static long elementsOf(List<Long> dims) {
        long elements = 1;
        try {
            for (long dim : dims) {
                if (dim < 0) {
                    throw new IllegalArgumentException("shape " + printable(dims) + " has a negative dimension");
                }
                elements = Math.unsignedMultiplyExact(elements, dim);
            }
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("shape " + printable(dims) + " overflows 64 bits", e);
        }
        if (elements < 0) {
            throw new IllegalArgumentException("shape " + printable(dims) + " has 2^63 elements or more");
        }
        return elements;
    }

    private static String printable(List<Long> dims) {
        return Printable.of(dims.toString());
    }
}
