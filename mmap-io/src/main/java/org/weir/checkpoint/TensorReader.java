package org.weir.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * How ranges of tensors become memory that can be computed on. A reader belongs to one thread and has a number of places;
 * what was read into a place is good until it is released or something else is read into that place.
 */
public sealed interface TensorReader permits MappedReader, PrivateReader, FasterReader {

    /** The ways to read, from the fastest to the one that needs least memory. */
    enum Way {
        /** Mapped or copied, whichever proves to be faster on the first tiles. */
        FASTER,
        /** The file's own pages: address space that the kernel fills in large pieces. */
        MAPPED,
        /** Copies into private memory, through the page cache. */
        COPIED,
        /** Private memory, filled by the disk: the page cache and its read-ahead stay out of it. */
        DIRECT
    }

    /**
     * A reader.
     *
     * @param places how many ranges it holds at a time; only the private ways mind
     * @param placeBytes how long they are at most
     */
    static TensorReader of(Way way, int places, long placeBytes, Arena arena) {
        return switch (way) {
            case FASTER ->
                new FasterReader(new MappedReader(), new PrivateReader(Way.COPIED, places, placeBytes, arena));
            case MAPPED -> new MappedReader();
            case COPIED, DIRECT -> new PrivateReader(way, places, placeBytes, arena);
        };
    }

    /** What a place of that size takes of private memory. */
    static long privateBytes(Way way, long placeBytes) {
        return way == Way.MAPPED ? 0 : PrivateReader.withAlignment(placeBytes);
    }

    /**
     * Brings a range in.
     *
     * @param fromByte the first byte, from the start of the tensor
     * @return the range; reading it is safe unless a mapped file shrinks meanwhile
     * @throws InputChangedException if the file no longer holds the range, or cannot be read there
     */
    MemorySegment read(int place, MappedTensor tensor, long fromByte, long lengthBytes) throws IOException;

    /** Gives back the memory of a range that was read. */
    void release(MappedTensor tensor, long fromByte, long lengthBytes);
}
