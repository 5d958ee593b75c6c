package org.weir.checkpoint;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * One tensor of an opened checkpoint.
 *
 * @param info what it is
 * @param file the shard that holds it
 * @param offsetBytes where in that file its data begins; any number, so reads must not assume alignment
 * @param bytes its data, mapped read-only, valid until the checkpoint is closed
 */
public record MappedTensor(TensorInfo info, Path file, long offsetBytes, MemorySegment bytes) {

    public MappedTensor {
        if (bytes.byteSize() != info.bytes() || !bytes.isReadOnly()) {
            throw new IllegalArgumentException(info + " needs " + info.bytes() + " read-only bytes, not " + bytes);
        }
    }

    /**
     * Brings a range of this tensor into memory. After that, reading it is safe unless the file shrinks in between;
     * without it, reading a file that shrank can end the JVM.
     *
     * @param fromByte the first byte, from the start of the tensor
     * @throws InputChangedException if the file no longer holds the range, or cannot be read there
     */
    public void prefault(long fromByte, long lengthBytes) throws InputChangedException {
        PageAdvice.populate(bytes.asSlice(fromByte, lengthBytes), file, offsetBytes + fromByte);
    }

    /** Lets the pages go that lie wholly within a range of this tensor, so that resident memory does not grow. */
    public void release(long fromByte, long lengthBytes) {
        PageAdvice.drop(bytes.asSlice(fromByte, lengthBytes));
    }
}
