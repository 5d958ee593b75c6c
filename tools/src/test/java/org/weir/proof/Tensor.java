package org.weir.proof;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** A tensor in memory: what a file says of it, and its bytes. */
record Tensor(Format format, List<Integer> shape, ByteBuffer bytes) {
    Tensor {
        shape = List.copyOf(shape);
        bytes = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.capacity() != format.bytes() * product(shape)) {
            throw new IllegalArgumentException(bytes.capacity() + " bytes for " + format + shape);
        }
    }

    /** A tensor whose element i is the number nearest to {@code value(i)}. */
    static Tensor of(Format format, List<Integer> shape, IntToDoubleFunction value) {
        int elements = product(shape);
        ByteBuffer bytes = ByteBuffer.allocate(elements * format.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < elements; i++) {
            format.write(bytes, i, format.round(value.applyAsDouble(i)));
        }
        return new Tensor(format, shape, bytes);
    }

    int elements() {
        return product(shape);
    }

    double at(int element) {
        return format.read(bytes, element);
    }

    DoubleStream values() {
        return IntStream.range(0, elements()).mapToDouble(this::at);
    }

    /** The sum of the magnitudes. */
    double size() {
        return values().map(Math::abs).sum();
    }

    /** How many elements are not zero. */
    long count() {
        return values().filter(x -> x != 0).count();
    }

    private static int product(List<Integer> shape) {
        return shape.stream().reduce(1, Math::multiplyExact);
    }
}
