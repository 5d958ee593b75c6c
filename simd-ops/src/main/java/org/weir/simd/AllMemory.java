package org.weir.simd;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Every address there is, as one segment. A loop over vectors that reads a segment it was given asks it for its base and
 * offset by two virtual calls per vector, because C2 does not know its class; of this one it knows all. What is read or
 * written is checked once per run, with {@link #address}.
 */
final class AllMemory {
    static final MemorySegment MEMORY = memory();

    private AllMemory() {}

    @SuppressWarnings("restricted") // whoever uses it has checked that the bytes are there
    private static MemorySegment memory() {
        return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    }

    /**
     * Where some bytes of a segment begin.
     *
     * @throws IndexOutOfBoundsException if it does not hold them all
     * @throws IllegalArgumentException if it lies on the Java heap, where bytes move
     */
    static long address(MemorySegment bytes, long offsetBytes, long lengthBytes) {
        Objects.checkFromIndexSize(offsetBytes, lengthBytes, bytes.byteSize());
        if (!bytes.isNative()) {
            throw new IllegalArgumentException("bytes on the Java heap, expected memory outside of it");
        }
        return bytes.address() + offsetBytes;
    }
}
