package org.weir.checkpoint;

import java.lang.foreign.MemorySegment;

/** Computes on the file's own pages. */
final class MappedReader implements TensorReader {

    @Override
    public MemorySegment read(int place, MappedTensor tensor, long fromByte, long lengthBytes)
            throws InputChangedException {
        tensor.prefault(fromByte, lengthBytes);
        return tensor.bytes().asSlice(fromByte, lengthBytes);
    }

    @Override
    public void release(MappedTensor tensor, long fromByte, long lengthBytes) {
        tensor.release(fromByte, lengthBytes);
    }
}
