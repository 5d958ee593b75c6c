package org.weir.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A safetensors file as memory: the one place that knows how the one becomes the other. The file is mapped whole and
 * read-only, whatever its size, and its descriptor is closed at once: a thousand shards need no open files.
 */
final class MappedShard {
    private static final int HEADER_PIECE_BYTES = 1 << 16;

    private final Path file;
    private final SourceFile source;
    private final FileIdentity identity;
    private final long headerBytes;
    private final List<MappedTensor> tensors;

    private MappedShard(Path file, FileIdentity identity, MemorySegment mapped, Header header) {
        this.file = file;
        this.source = new SourceFile(file, mapped);
        this.identity = identity;
        this.headerBytes = header.dataStartBytes();
        List<MappedTensor> inOrder = new ArrayList<>(header.entries().size());
        for (Header.Entry entry : header.entries()) {
            inOrder.add(new MappedTensor(entry.info(), source, inOrder.size(), headerBytes + entry.beginBytes()));
        }
        this.tensors = List.copyOf(inOrder);
    }

    /**
     * @param arena holds the mapping; closing it unmaps the file
     * @throws MalformedCheckpointException if it is not a regular file or breaks the format
     * @throws InputChangedException if it changes while it is being opened
     */
    static MappedShard open(Path file, Arena arena) throws IOException {
        if (!Files.isRegularFile(file)) {
            // Before opening it: that would wait for ever at a named pipe.
            throw new MalformedCheckpointException(file, "found " + kindOf(file) + ", expected a regular file");
        }
        FileIdentity identity = FileIdentity.of(file);
        MappingLimit.take(file);
        try {
            MemorySegment mapped = map(file, identity.sizeBytes(), arena);
            MappedShard shard = new MappedShard(file, identity, mapped, HeaderParser.parse(file, mapped));
            shard.requireUnchanged();
            return shard;
        } catch (IOException | RuntimeException e) {
            MappingLimit.give();
            throw e;
        }
    }

    @SuppressWarnings("restricted") // reinterpret: the size is that of the mapping
    private static MemorySegment map(Path file, long sizeBytes, Arena arena) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MemorySegment mapped = channel.map(MapMode.READ_ONLY, 0, sizeBytes, arena);
            // The same memory as the class of segment that arenas allocate: loops meet no second one, which would cost
            // them a compilation when the first file comes, and a choice of two in every access.
            return MemorySegment.ofAddress(mapped.address())
                    .reinterpret(sizeBytes, arena, null)
                    .asReadOnly();
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException e) {
            // The kernel's own files look regular, and cannot be mapped; this message names no file.
            String reason = "found a file that cannot be mapped (%s), expected one on a disk".formatted(e.getMessage());
            throw new MalformedCheckpointException(file, null, null, reason, e);
        }
    }

    Path file() {
        return file;
    }

    /** The tensors by their place in the file. */
    List<MappedTensor> tensors() {
        return tensors;
    }

    /** Length word and text: where the data begins. */
    long headerBytes() {
        return headerBytes;
    }

    /**
     * Which file it is. The header is read from the file and not from the mapping, since it is summed up.
     *
     * @throws InputChangedException if the file is shorter now
     */
    InputFile identified() throws IOException {
        CRC32C crc = new CRC32C();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[HEADER_PIECE_BYTES];
            for (long left = headerBytes; left > 0; ) {
                int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (read < 0) {
                    throw InputChangedException.unreadable(file, 0, headerBytes, null);
                }
                crc.update(buffer, 0, read);
                left -= read;
            }
        }
        return new InputFile(
                file,
                identity.device(),
                identity.inode(),
                identity.sizeBytes(),
                identity.modified().toInstant(),
                identity.statusChanged().toInstant(),
                (int) crc.getValue());
    }

    /** Lets go of all its pages, mapped and cached; they come back when they are read again. */
    void forget() {
        PageAdvice.drop(source.mapped(), 0, source.mapped().byteSize());
        source.forget(0, 0);
    }

    /** Closes what reading opened; the mapping is its arena's, which has closed. */
    void close() {
        source.close();
        MappingLimit.give();
    }

    void requireUnchanged() throws InputChangedException {
        FileIdentity now;
        try {
            now = FileIdentity.of(file);
        } catch (IOException e) {
            throw new InputChangedException(file, null, "the file has gone since it was opened", e);
        }
        if (!now.equals(identity)) {
            String what = "the file has changed since it was opened: " + identity.differenceTo(now);
            throw new InputChangedException(file, null, what, null);
        }
    }

    private static String kindOf(Path file) {
        if (Files.isDirectory(file)) {
            return "a folder";
        }
        if (Files.exists(file)) {
            return "a pipe, socket or device";
        }
        return Files.isSymbolicLink(file) ? "a link to a file that is not there" : "no such file";
    }
}
