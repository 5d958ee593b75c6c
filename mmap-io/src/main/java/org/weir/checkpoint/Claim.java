package org.weir.checkpoint;

import java.nio.ByteBuffer;

/**
 * A journal's word that a range of a tensor was written.
 *
 * @param tensor its number in the layout
 * @param offsetBytes from the start of the tensor
 * @param crc32c of the bytes
 * @param note what whoever wrote it wants to know of it later, from position to limit
 */
record Claim(int tensor, long offsetBytes, long lengthBytes, int crc32c, ByteBuffer note) {
    Claim {
        note = note.asReadOnlyBuffer();
    }

    long endBytes() {
        return offsetBytes + lengthBytes;
    }

    /** Whether the layout has such a range: a journal is a file, and files can hold anything. */
    boolean fits(ShardLayout layout) {
        return tensor >= 0
                && tensor < layout.tensors().size()
                && offsetBytes >= 0
                && lengthBytes > 0
                && lengthBytes <= layout.tensors().get(tensor).bytes() - offsetBytes;
    }
}
