package org.weir.plan;

import org.weir.checkpoint.InputChangedException;
import org.weir.checkpoint.MappedTensor;

/** Compares two tensors byte by byte, a window at a time. */
final class SameBytes {

    private static final long WINDOW_BYTES = 4 << 20;

    private SameBytes() {}

    static boolean in(MappedTensor a, MappedTensor b) throws InputChangedException {
        if (a.info().dtype() != b.info().dtype()
                || !a.info().shape().equals(b.info().shape())) {
            return false;
        }
        if (a.equals(b)) {
            return true;
        }
        long bytes = a.info().bytes();
        for (long from = 0; from < bytes; from += WINDOW_BYTES) {
            long length = Math.min(WINDOW_BYTES, bytes - from);
            a.prefault(from, length);
            b.prefault(from, length);
            boolean same = a.bytes().asSlice(from, length).mismatch(b.bytes().asSlice(from, length)) < 0;
            a.release(from, length);
            b.release(from, length);
            if (!same) {
                return false;
            }
        }
        return true;
    }
}
