package org.weir.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file in the staging folder. It is written at positions, never through a mapping: a write to a full disk is then an
 * exception and not the end of the JVM.
 */
final class StagedFile implements Closeable {
    /** Bytes on the heap are copied on their way, and this much room for them stays with each thread. */
    private static final long MAX_WRITE_BYTES = 1 << 20;

    private final Path file;
    private final FileChannel channel;
    private final Descriptor descriptor;
    private final PageCache pageCache;
    private final WriteBehind behind;

    private StagedFile(Path file, FileChannel channel, long fileBytes, PageCache pageCache) {
        this.file = file;
        this.channel = channel;
        this.descriptor = Descriptor.open(file);
        this.pageCache = pageCache;
        this.behind = new WriteBehind(descriptor, fileBytes, pageCache);
    }

    /** A new file with the permissions that the process gives to new files. */
    static StagedFile create(Path file, long fileBytes, PageCache pageCache) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        return new StagedFile(file, channel, fileBytes, pageCache);
    }

    Path path() {
        return file;
    }

    /** May be called by many threads at once, each with its own range. */
    void write(long offsetBytes, MemorySegment bytes) throws IOException {
        long written = 0;
        while (written < bytes.byteSize()) {
            long length = Math.min(bytes.byteSize() - written, MAX_WRITE_BYTES);
            ByteBuffer buffer = bytes.asSlice(written, length).asByteBuffer();
            written += writeSome(buffer, offsetBytes + written);
        }
        behind.wrote(offsetBytes, written);
    }

    /**
     * Brings what was written to the disk. An error here is final: the kernel forgets it, and a second try would
     * succeed.
     */
    void force() throws IOException {
        try {
            channel.force(true);
            if (pageCache == PageCache.DROP) {
                descriptor.forget(0, 0);
            }
        } catch (IOException e) {
            throw DiskSpace.explained(e, file, 0);
        }
    }

    @Override
    public void close() throws IOException {
        descriptor.close();
        channel.close();
    }

    /** A write may be cut short, by a signal or at the last free block, and says so only by its result. */
    private int writeSome(ByteBuffer buffer, long offsetBytes) throws IOException {
        int length = buffer.remaining();
        try {
            int written = channel.write(buffer, offsetBytes);
            if (written <= 0) {
                throw new IOException("nothing was written at byte " + offsetBytes);
            }
            return written;
        } catch (IOException e) {
            throw DiskSpace.explained(e, file, length);
        }
    }
}
