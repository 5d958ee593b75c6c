package org.weir.plan;

import org.weir.checkpoint.TensorReader;
import org.weir.checkpoint.TensorReader.Way;
import org.weir.stage.Strip;

/**
 * What a worker has of the inputs at a time: a range of each, as long as a tile.
 *
 * @param way how the ranges come into memory
 * @param inputs how many inputs the tensor has that has most
 * @param elements how long a range is
 * @param widthBytes what an element takes in the widest input
 */
public record Windows(Way way, int inputs, int elements, int widthBytes) {

    /** What the kernel maps at once, whatever was asked for: up to Linux 6.17 less. */
    private static final long PIECE_BYTES = 2L << 20;
    /** Read-ahead of the kernel per file, the most that distributions set: what is being read, and what comes next. */
    private static final long READ_AHEAD_BYTES = 2 * (8L << 20);

    /** Bytes of one range; a survey's is never shorter than a strip. */
    public long bytes() {
        return (long) Math.max(elements, Strip.ELEMENTS) * widthBytes;
    }

    /** How many elements of a block are read at a time for surveys: whole strips, so that their sums stay the same. */
    public int surveyElements() {
        return Math.clamp((long) elements - elements % Strip.ELEMENTS, Strip.ELEMENTS, Strip.BLOCK_ELEMENTS);
    }

    /** Memory that a worker's ranges take. */
    long privateBytes() {
        return (long) inputs * TensorReader.privateBytes(way, bytes());
    }

    /** The most pages of files that a worker has mapped: a range may begin and end within a piece. */
    long filePageBytes() {
        return way == Way.MAPPED || way == Way.FASTER
                ? inputs * (Math.ceilDiv(bytes(), PIECE_BYTES) + 1) * PIECE_BYTES
                : 0;
    }

    /** Pages that the kernel fills with what it thinks will be read next. */
    long readAheadBytes() {
        return way == Way.DIRECT ? 0 : READ_AHEAD_BYTES * inputs;
    }
}
