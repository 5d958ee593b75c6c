package org.weir.checkpoint;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalInt;
import java.util.zip.CRC32C;

/**
 * A file in the staging folder. It is written at positions, never through a mapping: a write to a full disk is then an
 * exception and not the end of the JVM.
 */
final class StagedFile implements Closeable {
    /** Bytes on the heap are copied on their way, and this much room for them stays with each thread. */
    private static final long MAX_WRITE_BYTES = 1 << 20;

    private static final int STREAM_BYTES = 1 << 16;

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

    /**
     * A new file with the permissions that the process gives to new files.
     *
     * @param fileBytes up to where what is written is sent to the disk meanwhile
     */
    static StagedFile create(Path file, long fileBytes, PageCache pageCache) throws IOException {
        FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        return new StagedFile(file, channel, fileBytes, pageCache);
    }

    /** One that an interrupted run left. */
    static StagedFile reopen(Path file, long fileBytes, PageCache pageCache) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
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

    /** Writes from the beginning on. Closing it writes what it holds back, and leaves the file open. */
    OutputStream stream() {
        OutputStream unbuffered = new OutputStream() {
            private long end;

            @Override
            public void write(int one) throws IOException {
                write(new byte[] {(byte) one}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                StagedFile.this.write(end, MemorySegment.ofArray(bytes).asSlice(from, length));
                end += length;
            }
        };
        return new BufferedOutputStream(unbuffered, STREAM_BYTES);
    }

    /**
     * The checksum of a range as it is on the disk.
     *
     * @param buffer used up and down
     * @return nothing if the file ends before
     */
    OptionalInt crc32c(long offsetBytes, long lengthBytes, ByteBuffer buffer) throws IOException {
        CRC32C crc = new CRC32C();
        for (long done = 0; done < lengthBytes; ) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), lengthBytes - done));
            int read = channel.read(buffer, offsetBytes + done);
            if (read <= 0) {
                return OptionalInt.empty();
            }
            crc.update(buffer.flip());
            done += read;
        }
        return OptionalInt.of((int) crc.getValue());
    }

    /** Makes sure that what is read next comes from the disk, as far as the kernel can be asked to. */
    void forget() throws IOException {
        force();
        descriptor.forget(0, 0);
    }

    /**
     * Brings what was written to the disk. An error here is final: the kernel forgets it, and a second try would
     * succeed.
     */
    void force() throws IOException {
        try {
            channel.force(true);
        } catch (IOException e) {
            throw new IOException(Printable.path(file) + ": cannot be brought to the disk: " + e.getMessage(), e);
        }
        if (behind.hasFailed()) {
            throw new IOException(Printable.path(file) + ": cannot be brought to the disk: a write to it has failed");
        }
        if (pageCache == PageCache.DROP) {
            descriptor.forget(0, 0);
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
