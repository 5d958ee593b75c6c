package org.weir.checkpoint;

/** What a tensor is: its name, the type of its elements, its shape. Where it lies is for others to say. */
public record TensorInfo(String name, DType dtype, Shape shape) {

    /**
     * Checks that a safetensors file can hold such a tensor.
     *
     * @throws IllegalArgumentException if not; the message says why
     */
    public TensorInfo {
        if (name.equals(Header.METADATA)) {
            throw new IllegalArgumentException("the name " + Header.METADATA + " is reserved");
        }
        if (Printable.hasLoneSurrogate(name)) {
            throw new IllegalArgumentException("the name " + Printable.quoted(name) + " is not valid Unicode");
        }
        if (Long.remainderUnsigned(bits(dtype, shape), Byte.SIZE) != 0) {
            throw new IllegalArgumentException(
                    "%s %s does not fill whole bytes".formatted(dtype, Printable.of(shape.toString())));
        }
    }

    public long elements() {
        return shape.elements();
    }

    public long bytes() {
        return Long.divideUnsigned(bits(dtype, shape), Byte.SIZE);
    }

    @Override
    public String toString() {
        return Printable.quoted(name) + " " + dtype + " " + Printable.of(shape.toString());
    }

    /** Unsigned, as the reference counts them. */
    private static long bits(DType dtype, Shape shape) {
        try {
            return Math.unsignedMultiplyExact(shape.elements(), (long) dtype.bits());
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "%s %s overflows 64 bits".formatted(dtype, Printable.of(shape.toString())), e);
        }
    }
}
