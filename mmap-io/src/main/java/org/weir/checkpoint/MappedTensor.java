package org.weir.checkpoint;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One tensor of an opened checkpoint.
 *
 * @param info what it is
 * @param source the shard that holds it
 * @param number of the shard's tensors in the order of their data, from 0: which it is
 * @param offsetBytes where in that file its data begins; any number, so reads must not assume alignment
 */
public record MappedTensor(TensorInfo info, SourceFile source, int number, long offsetBytes) {

    /** @throws IllegalArgumentException if the file does not hold all of it */
    public MappedTensor {
        if (offsetBytes < 0 || info.bytes() > source.mapped().byteSize() - offsetBytes) {
            throw new IllegalArgumentException(info + " does not lie in its file at " + offsetBytes);
        }
    }

    /** Its data, mapped read-only, valid until the checkpoint is closed. */
    public MemorySegment bytes() {
        return source.mapped().asSlice(offsetBytes, info.bytes());
    }

    /** The shard that holds it. */
    public Path file() {
        return source.path();
    }

    /**
     * Its beginning as a tensor of its own: so many of its outermost dimension.
     *
     * @throws IllegalArgumentException if it has not as many
     */
    public MappedTensor firstRows(long rows) {
        List<Long> dims = new ArrayList<>(info.shape().dims());
        if (dims.isEmpty() || rows < 0 || rows > dims.getFirst()) {
            throw new IllegalArgumentException(info + " has no " + rows + " rows");
        }
        dims.set(0, rows);
        TensorInfo first = new TensorInfo(info.name(), info.dtype(), new Shape(dims));
        return new MappedTensor(first, source, number, offsetBytes);
    }

    /**
     * Brings a range of this tensor into memory. After that, reading it is safe unless the file shrinks in between;
     * without it, reading a file that shrank can end the JVM.
     *
     * @param fromByte the first byte, from the start of the tensor
     * @throws InputChangedException if the file no longer holds the range, or cannot be read there
     */
    public void prefault(long fromByte, long lengthBytes) throws InputChangedException {
        PageAdvice.populate(bytes().asSlice(fromByte, lengthBytes), file(), offsetBytes + fromByte);
    }

    /** Asks for a range to be read soon, without waiting; it may reach into what follows this tensor in the file. */
    public void readAhead(long fromByte, long lengthBytes) {
        PageAdvice.readAhead(source.mapped(), offsetBytes + fromByte, lengthBytes);
    }

    /**
     * Lets go of the mapped pages of a range and of those around it that the kernel may have mapped along with them, so
     * that resident memory does not grow. All come back when they are read again.
     */
    public void release(long fromByte, long lengthBytes) {
        bytes().asSlice(fromByte, lengthBytes); // checks the range
        PageAdvice.drop(source.mapped(), offsetBytes + fromByte, lengthBytes);
    }

    /** Lets go of the cached pages up to the end of a range that was read and released. */
    public void forget(long fromByte, long lengthBytes) {
        // Pages go in pieces that were read together, so this takes whole ones, and leaves what was read ahead.
        long begin = PageAdvice.pieceBegin(offsetBytes + fromByte);
        long end = PageAdvice.pieceBegin(offsetBytes + fromByte + lengthBytes);
        if (begin < end) {
            source.forget(begin, end - begin);
        }
    }
}
