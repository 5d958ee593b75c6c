package org.weir.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies ranges into memory of its own, whole blocks at a time as direct reads want it:
 *
 * <pre>
 *   file    |block|block|block|block|
 *   wanted      |----------|
 *   read    |-----------------|
 * </pre>
 */
final class PrivateReader implements TensorReader {
    private static final long BLOCK_BYTES = 4096;

    private final Way way;
    private final List<MemorySegment> places = new ArrayList<>();

    PrivateReader(Way way, int places, long placeBytes, Arena arena) {
        this.way = way;
        for (int i = 0; i < places; i++) {
            this.places.add(arena.allocate(withAlignment(placeBytes), BLOCK_BYTES));
        }
    }

    static long withAlignment(long placeBytes) {
        return Math.ceilDiv(placeBytes, BLOCK_BYTES) * BLOCK_BYTES + BLOCK_BYTES;
    }

    @Override
    public MemorySegment read(int place, MappedTensor tensor, long fromByte, long lengthBytes) throws IOException {
        long firstByte = tensor.offsetBytes() + fromByte;
        long begin = firstByte & -BLOCK_BYTES;
        long wanted = firstByte - begin + lengthBytes;
        fill(places.get(place), begin, wanted, tensor);
        return places.get(place).asSlice(firstByte - begin, lengthBytes).asReadOnly();
    }

    /** Pages that were read past the cache are not in it, and the memory is used again. */
    @Override
    public void release(MappedTensor tensor, long fromByte, long lengthBytes) {}

    private void fill(MemorySegment place, long begin, long wanted, MappedTensor tensor) throws IOException {
        SourceFile source = tensor.source();
        Descriptor file = way == Way.DIRECT ? source.direct() : source.cached();
        try {
            fill(place, file, begin, wanted, tensor);
        } finally {
            source.done(file);
        }
    }

    private static void fill(MemorySegment place, Descriptor file, long begin, long wanted, MappedTensor tensor)
            throws IOException {
        long end = Math.ceilDiv(wanted, BLOCK_BYTES) * BLOCK_BYTES;
        long done = 0;
        while (done < wanted) {
            long read = file.read(place.asSlice(done, end - done), begin + done);
            // a read may be cut short, and what follows must begin at a block again
            long whole = read + done >= wanted ? read : read & -BLOCK_BYTES;
            if (whole <= 0) {
                IOException cause = read < 0 ? new IOException(NativeCall.words(read)) : null;
                throw InputChangedException.unreadable(tensor.file(), begin, wanted, cause);
            }
            done += whole;
        }
    }
}
