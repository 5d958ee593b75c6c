package org.weir.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * What the kernel is told about mapped pages. Reading a mapping beyond the end of a file that shrank kills the JVM in
 * compiled vector code; asking the kernel for the pages first makes it an exception, and is the read-ahead too.
 */
final class PageAdvice {
    /** Where sums go that nobody needs, so that the reads behind them are not optimized away. */
    @SuppressWarnings("UnusedVariable")
    private static volatile long sink;

    private static final int MADV_WILLNEED = 3;
    private static final int MADV_DONTNEED = 4;
    /** Linux 5.14 and later: brings pages in, and answers EFAULT where a read would be a signal. */
    private static final int MADV_POPULATE_READ = 22;

    /** The most that the page cache keeps together, and maps at once. */
    static final long PIECE_BYTES = 2L << 20;

    private static final NativeCall MADVISE = NativeCall.of(
            "madvise", NativeCall.returningInt(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
    private static final long PAGE_BYTES = Math.max(
            4096, NativeCall.of("getpagesize", NativeCall.returningInt()).call());

    private PageAdvice() {}

    /**
     * Brings in every page that the bytes touch.
     *
     * @param bytes part of a mapping of the file
     * @param offsetBytes where in the file they begin
     * @throws InputChangedException if the file no longer has them, or cannot give them
     */
    static void populate(MemorySegment bytes, Path file, long offsetBytes) throws InputChangedException {
        if (bytes.byteSize() == 0) {
            return;
        }
        long begin = bytes.address() & -PAGE_BYTES;
        long end = bytes.address() + bytes.byteSize();
        long answer;
        do {
            answer = advise(MemorySegment.ofAddress(begin), end - begin, MADV_POPULATE_READ);
        } while (answer == -NativeCall.EINTR);
        if (answer == -NativeCall.EFAULT) {
            throw InputChangedException.unreadable(file, offsetBytes, bytes.byteSize(), null);
        }
        if (answer != 0) {
            touch(bytes, file, offsetBytes);
        }
    }

    /** The same by reading one byte of each page, for kernels that cannot be asked. */
    @SuppressWarnings("ThreadPriorityCheck") // the yield is not about priority
    static void touch(MemorySegment bytes, Path file, long offsetBytes) throws InputChangedException {
        try {
            readEachPage(bytes);
            Thread.yield(); // a fault in compiled code is thrown late: at the next call into the JVM
        } catch (InternalError e) {
            throw InputChangedException.unreadable(file, offsetBytes, bytes.byteSize(), e);
        }
    }

    /** Starts to read a range of a mapped file, as far as the file goes. */
    static void readAhead(MemorySegment file, long offsetBytes, long lengthBytes) {
        long begin = offsetBytes & -PAGE_BYTES;
        long end = Math.min(offsetBytes + lengthBytes, file.byteSize());
        if (begin < end) {
            advise(file.asSlice(begin), end - begin, MADV_WILLNEED);
        }
    }

    /**
     * Lets go of the pages of a range of a mapped file, and of those around it that came with them:
     *
     * <pre>
     *   file       |--- piece ---|--- piece ---|--- piece ---|
     *   range            |---------------|
     *   mapped     |---------------------------|               from Linux 6.18 on; before, 64 KiB around
     * </pre>
     *
     * A range within a piece leaves it to the one that reaches the piece's end: tensors of a few kilobytes would map and
     * drop it a thousand times. That one drops the piece before, too, which another worker may have read from again
     * after its end was reached. A neighbour that is still at it gets its pages back as it reads on.
     */
    static void drop(MemorySegment file, long offsetBytes, long lengthBytes) {
        long endBytes = offsetBytes + lengthBytes;
        if (pieceBegin(offsetBytes) == pieceBegin(endBytes) && endBytes < file.byteSize()) {
            return;
        }
        long begin = Math.max(0, pieceBegin(offsetBytes) - PIECE_BYTES);
        long end = Math.min(pieceBegin(endBytes + PIECE_BYTES - 1), file.byteSize());
        if (begin < end) {
            // The segment itself, and not its address, so that nobody can unmap it meanwhile: these pages could then
            // be somebody else's, and would be lost.
            advise(file.asSlice(begin), end - begin, MADV_DONTNEED);
        }
    }

    static long pieceBegin(long offsetBytes) {
        return offsetBytes & -PIECE_BYTES;
    }

    private static long advise(MemorySegment from, long lengthBytes, int advice) {
        return MADVISE.call(from, lengthBytes, advice);
    }

    private static void readEachPage(MemorySegment bytes) {
        long sum = 0;
        for (long at = 0; at < bytes.byteSize(); at += PAGE_BYTES) {
            sum += bytes.get(ValueLayout.JAVA_BYTE, at);
        }
        sum += bytes.get(ValueLayout.JAVA_BYTE, bytes.byteSize() - 1);
        sink = sum;
    }
}
