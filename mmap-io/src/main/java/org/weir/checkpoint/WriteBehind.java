package org.weir.checkpoint;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Sends a large file to the disk while it is being written, so that the last sync has little left to do and unwritten
 * pages do not fill memory. A part that is full is sent; the writer of a later one waits until it has arrived.
 */
final class WriteBehind {
    private static final int PART_BYTES = 8 << 20;
    private static final int PARTS_ON_THEIR_WAY = 2;

    private final Descriptor file;
    private final long fileBytes;
    private final PageCache pageCache;
    private final AtomicIntegerArray writtenBytes;
    private final Queue<Integer> sent = new ConcurrentLinkedQueue<>();
    private final AtomicInteger onTheirWay = new AtomicInteger();
    private volatile boolean failed;

    WriteBehind(Descriptor file, long fileBytes, PageCache pageCache) {
        this.file = file;
        this.fileBytes = fileBytes;
        this.pageCache = pageCache;
        this.writtenBytes = new AtomicIntegerArray(Math.toIntExact(Math.ceilDiv(fileBytes, PART_BYTES)));
    }

    /** To be told of every write, by whoever did it. What is written twice is sent early, which does no harm. */
    void wrote(long offsetBytes, long lengthBytes) {
        long end = Math.min(offsetBytes + lengthBytes, fileBytes);
        for (long at = offsetBytes; at < end; ) {
            int part = (int) (at / PART_BYTES);
            long partEnd = Math.min((part + 1L) * PART_BYTES, fileBytes);
            int added = (int) (Math.min(end, partEnd) - at);
            int written = writtenBytes.addAndGet(part, added);
            int full = (int) (partEnd - (long) part * PART_BYTES);
            if (written >= full && written - added < full) {
                send(part);
            }
            at += added;
        }
    }

    private void send(int part) {
        file.startWriting((long) part * PART_BYTES, PART_BYTES);
        sent.add(part);
        if (onTheirWay.incrementAndGet() > PARTS_ON_THEIR_WAY) {
            Integer oldest = sent.poll();
            onTheirWay.decrementAndGet();
            if (oldest != null) {
                settle((long) oldest * PART_BYTES);
            }
        }
    }

    /** Whether the disk has refused something that was sent; the kernel may say that only once. */
    boolean hasFailed() {
        return failed;
    }

    private void settle(long offsetBytes) {
        long answer = file.awaitWritten(offsetBytes, PART_BYTES);
        if (answer == -NativeCall.EIO || answer == -NativeCall.ENOSPC || answer == -NativeCall.EDQUOT) {
            failed = true;
        }
        if (pageCache == PageCache.DROP) {
            file.forget(offsetBytes, PART_BYTES);
        }
    }
}
