package org.weir.checkpoint;

import java.lang.foreign.MemorySegment;

/**
 * Computes on the file's own pages. While these have to come from the disk, it asks for the next ones too, so that the disk
 * works while the processor does; a file that is in memory already is left alone.
 */
final class MappedReader implements TensorReader {
    /** Slower than any memory, and faster than most disks, in nanoseconds per byte. */
    private static final double SLOW = 0.4;
    /** For so many reads after one that had to wait, the next ranges are asked for. */
    private static final int STAYS_SLOW = 256;
    /** How far ahead of the one that is read, in ranges as long: those between are being read, or were asked for. */
    private static final int RANGES_AHEAD = 4;

    private int slowReads;

    @Override
    public MemorySegment read(int place, MappedTensor tensor, long fromByte, long lengthBytes)
            throws InputChangedException {
        if (slowReads > 0) {
            slowReads--;
            tensor.readAhead(fromByte + RANGES_AHEAD * lengthBytes, lengthBytes);
        }
        long start = System.nanoTime();
        tensor.prefault(fromByte, lengthBytes);
        if (System.nanoTime() - start > SLOW * lengthBytes) {
            slowReads = STAYS_SLOW;
        }
        return tensor.bytes().asSlice(fromByte, lengthBytes);
    }

    @Override
    public void release(MappedTensor tensor, long fromByte, long lengthBytes) {
        tensor.release(fromByte, lengthBytes);
    }
}
