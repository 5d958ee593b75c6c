package org.weir.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.BytesStore;
import net.openhft.chronicle.bytes.PointerBytesStore;
import org.jspecify.annotations.Nullable;

/**
 * The ranges of an output that are finished, in a mapped file that is only appended to: what is in it outlives the
 * process however that ends, at the price of a copy in memory. Whether the data it speaks of is on the disk is another
 * question; who goes on reads them again.
 *
 * <p>Each chunk is filled by writes before it is mapped: a page of a mapping for which the disk has no room would be a
 * signal that ends the JVM, and a write is an exception.
 */
final class Journal implements Closeable {
    private final Path file;
    private final FileChannel channel;
    private final Arena arena = Arena.ofShared();
    private long endBytes;
    private @Nullable Bytes<Void> chunk;
    private int chunkLeftBytes;

    private Journal(Path file, FileChannel channel, long endBytes) {
        this.file = file;
        this.channel = channel;
        this.endBytes = endBytes;
    }

    /** A new one, which says first whose it is. */
    static Journal begin(Path file, RunIdentity identity) throws IOException {
        FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        return new Journal(file, channel, 0).opened(JournalFormat.head(identity));
    }

    /** One that was read and is gone on with, behind its last chunk. */
    static Journal reopen(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        int chunk = JournalFormat.CHUNK_BYTES;
        return new Journal(file, channel, Math.ceilDiv(channel.size(), chunk) * chunk).opened(new byte[0]);
    }

    private Journal opened(byte[] head) throws IOException {
        try {
            extend(head);
            return this;
        } catch (IOException | RuntimeException e) {
            Staging.closeAfter(e, this);
            throw e;
        }
    }

    /** Writes down that a range is finished; by any thread. */
    synchronized void add(Claim claim) throws IOException {
        byte[] record = JournalFormat.record(claim);
        Bytes<Void> to = chunk;
        if (to == null || chunkLeftBytes < record.length) {
            to = next(Math.ceilDiv(record.length, JournalFormat.CHUNK_BYTES) * JournalFormat.CHUNK_BYTES);
        }
        to.write(record);
        chunkLeftBytes -= record.length;
    }

    @Override
    public synchronized void close() throws IOException {
        try (channel) {
            if (chunk != null) {
                chunk.releaseLast();
                chunk = null;
            }
            arena.close();
        }
    }

    private Bytes<Void> next(int lengthBytes) throws IOException {
        long begin = endBytes;
        extend(new byte[lengthBytes]);
        MemorySegment mapped = channel.map(MapMode.READ_WRITE, begin, lengthBytes, arena);
        PointerBytesStore store = BytesStore.nativePointer();
        store.set(mapped.address(), mapped.byteSize());
        if (chunk != null) {
            chunk.releaseLast();
        }
        Bytes<Void> fresh = store.bytesForWrite();
        fresh.singleThreadedCheckDisabled(true); // whoever adds holds this journal's lock
        chunk = fresh;
        chunkLeftBytes = lengthBytes;
        return fresh;
    }

    private void extend(byte[] content) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes, endBytes + bytes.position());
            }
        } catch (IOException e) {
            throw DiskSpace.explained(e, file, content.length);
        }
        endBytes += content.length;
    }
}
