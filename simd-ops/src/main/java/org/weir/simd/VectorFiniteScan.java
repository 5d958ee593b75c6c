package org.weir.simd;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.OR;
import static org.weir.simd.AllMemory.MEMORY;
import static org.weir.simd.Species.LONGS;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.LongVector;

/** The twin of {@link FiniteScan}, four vectors at a time, so that asking whether one fired costs little. */
final class VectorFiniteScan {

    private static final long BYTES = LONGS.vectorByteSize();

    private VectorFiniteScan() {}

    static boolean allFinite(FiniteScan scan, MemorySegment from, long offsetBytes, long lengthBytes) {
        long signs = scan.signs();
        long magnitudes = ~signs;
        long steps = scan.steps();
        long address = AllMemory.address(from, offsetBytes, lengthBytes);
        long at = 0;
        for (; at <= lengthBytes - 4 * BYTES; at += 4 * BYTES) {
            long place = address + at;
            LongVector a = LongVector.fromMemorySegment(LONGS, MEMORY, place, LITTLE_ENDIAN);
            LongVector b = LongVector.fromMemorySegment(LONGS, MEMORY, place + BYTES, LITTLE_ENDIAN);
            LongVector c = LongVector.fromMemorySegment(LONGS, MEMORY, place + 2 * BYTES, LITTLE_ENDIAN);
            LongVector d = LongVector.fromMemorySegment(LONGS, MEMORY, place + 3 * BYTES, LITTLE_ENDIAN);
            LongVector ab = a.and(magnitudes).add(steps).or(b.and(magnitudes).add(steps));
            LongVector cd = c.and(magnitudes).add(steps).or(d.and(magnitudes).add(steps));
            if ((ab.or(cd).reduceLanes(OR) & signs) != 0) { // a mask would be an object at 128 bits
                return false;
            }
        }
        return scan.allFinite(from, offsetBytes, at, lengthBytes);
    }
}
