package org.weir.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Maps or copies, whichever is faster on this machine: entering pages into the page table and taking them out again costs
 * less than a copy on some, more on others (page sizes, virtualization). Both are tried in turn on the first tiles:
 *
 * <pre>
 *   tiles   | 8 mapped | 8 copied | 8 mapped | 8 copied | 8 mapped | 8 copied | the rest
 *   clock   |      warming up     |        started      |        started      | the faster one
 * </pre>
 *
 * What is read is the same bytes either way.
 */
final class FasterReader implements TensorReader {
    /**
     * Shorter ranges, such as samples, are copied: the kernel may map two megabytes around each, and nobody would come by to
     * let go of them.
     */
    private static final long MIN_BYTES = 64 << 10;

    /** What was copied is in the caches; what was mapped still has to come from memory, at some 10 GB/s. */
    private static final double MEMORY_NANOS_PER_BYTE = 0.1;

    private static final int TILES_IN_TURN = 8;
    private static final int WARM_UP_TILES = 2 * TILES_IN_TURN;
    private static final int TRIAL_TILES = 6 * TILES_IN_TURN;

    private final TensorReader mapped;
    private final TensorReader copied;
    private TensorReader current;
    private long mappedNanos;
    private long mappedBytes;
    private long copiedNanos;
    private long copiedBytes;
    private int tiles;

    FasterReader(TensorReader mapped, TensorReader copied) {
        this.mapped = mapped;
        this.copied = copied;
        this.current = mapped;
    }

    @Override
    public MemorySegment read(int place, MappedTensor tensor, long fromByte, long lengthBytes) throws IOException {
        if (lengthBytes < MIN_BYTES) {
            return copied.read(place, tensor, fromByte, lengthBytes);
        }
        if (place == 0 && tiles <= TRIAL_TILES) {
            current = next();
        }
        if (tiles > TRIAL_TILES) {
            return current.read(place, tensor, fromByte, lengthBytes);
        }
        long start = System.nanoTime();
        MemorySegment range = current.read(place, tensor, fromByte, lengthBytes);
        book(lengthBytes, System.nanoTime() - start);
        return range;
    }

    /**
     * Of a copied range too: what lies before it was mapped in an earlier turn, or by another worker that maps, and goes
     * with the range that reaches the end of its piece. For pages that are not there the kernel has nothing to do.
     */
    @Override
    public void release(MappedTensor tensor, long fromByte, long lengthBytes) {
        long start = System.nanoTime();
        mapped.release(tensor, fromByte, lengthBytes);
        if (current == mapped && tiles <= TRIAL_TILES && lengthBytes >= MIN_BYTES) {
            book(0, System.nanoTime() - start);
        }
    }

    /** Which way the next tile is read: in turn, and when the trial is over the one that took less time for a byte. */
    private TensorReader next() {
        if (tiles++ == TRIAL_TILES) {
            double mappedCost = (double) mappedNanos / mappedBytes + MEMORY_NANOS_PER_BYTE;
            return mappedCost <= (double) copiedNanos / copiedBytes ? mapped : copied;
        }
        return (tiles - 1) / TILES_IN_TURN % 2 == 0 ? mapped : copied;
    }

    private void book(long bytes, long nanos) {
        if (tiles <= WARM_UP_TILES) {
            return;
        }
        if (current == mapped) {
            mappedBytes += bytes;
            mappedNanos += nanos;
        } else {
            copiedBytes += bytes;
            copiedNanos += nanos;
        }
    }
}
