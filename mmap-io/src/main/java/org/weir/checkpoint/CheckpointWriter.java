package org.weir.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Writes a checkpoint folder that appears whole or not at all. Tensors may be written in pieces, in any order, by any
 * number of threads; {@link #publish} then makes the folder appear, and {@link #close} without it leaves nothing
 * behind.
 *
 * <p>Interrupting a thread that is writing closes the file under all of them: then the writer can only be closed.
 */
public final class CheckpointWriter implements Closeable, FileSink {
    private static final int COPY_BYTES = 1 << 20;

    private final ShardLayout layout;
    private final Staging staging;
    private final PageCache pageCache;
    private final List<StagedFile> shards = new ArrayList<>();
    private final AtomicLongArray writtenBytes;

    private CheckpointWriter(ShardLayout layout, Staging staging, PageCache pageCache) {
        this.layout = layout;
        this.staging = staging;
        this.pageCache = pageCache;
        this.writtenBytes = new AtomicLongArray(layout.tensors().size());
    }

    /**
     * Takes the output for this process, reserves the disk space and writes the headers, all in {@code OUT.staging}.
     *
     * @param out a name that is free or an empty folder; missing folders above it are created
     * @param overwrite whether a checkpoint that is there may be replaced, which happens when the new one is finished
     * @param pageCache what becomes of the output's pages once they are on the disk
     * @throws java.nio.file.FileAlreadyExistsException if there is something at OUT that may not be replaced
     * @throws java.nio.file.FileSystemException if another writer is at work on OUT; the message names its process
     * @throws NotEnoughSpaceException if the disk cannot take the output
     */
    public static CheckpointWriter create(Path out, ShardLayout layout, boolean overwrite, PageCache pageCache)
            throws IOException {
        CheckpointWriter writer = new CheckpointWriter(layout, Staging.begin(out, overwrite), pageCache);
        try {
            DiskSpace.require(writer.staging.folder(), layout.totalFileBytes());
            for (ShardLayout.Shard shard : layout.shards()) {
                writer.beginShard(shard);
            }
            return writer;
        } catch (IOException | RuntimeException e) {
            Staging.closeAfter(e, writer);
            throw e;
        }
    }

    /** The same, with an output that stays in the page cache. */
    public static CheckpointWriter create(Path out, ShardLayout layout, boolean overwrite) throws IOException {
        return create(out, layout, overwrite, PageCache.KEEP);
    }

    /**
     * Where an output will be: absolute, and without links.
     *
     * @throws java.nio.file.FileAlreadyExistsException if something there or above makes it impossible
     */
    public static Path place(Path out) throws IOException {
        return Destination.of(out, false).path();
    }

    /** Refuses an output that {@link #create} would refuse now for what is there already. Nothing is written. */
    public static void requirePlace(Path out, boolean overwrite) throws IOException {
        Staging.requirePossible(out, overwrite);
    }

    /** Refuses, in the same way, an output that has no room where it is to be. */
    public static void requireSpace(Path out, ShardLayout layout) throws IOException {
        DiskSpace.require(DiskSpace.existing(out.toAbsolutePath()), layout.totalFileBytes());
    }

    /**
     * Writes some bytes of a tensor. The same bytes may be written twice.
     *
     * @param tensor its number in the list that the layout was made from
     * @param offsetBytes from the start of the tensor
     * @param bytes best off the heap: others are copied once more
     * @throws NotEnoughSpaceException if the disk is full
     */
    public void write(int tensor, long offsetBytes, MemorySegment bytes) throws IOException {
        Objects.checkFromIndexSize(
                offsetBytes, bytes.byteSize(), layout.tensors().get(tensor).bytes());
        ShardLayout.Place place = layout.places().get(tensor);
        shards.get(place.shard()).write(place.offsetBytes() + offsetBytes, bytes);
        writtenBytes.addAndGet(tensor, bytes.byteSize());
    }

    @Override
    public void addFile(String name, byte[] content) throws IOException {
        add(plain(name), content);
    }

    /** With the permissions of a new file. */
    @Override
    public void copyFile(String name, Path source) throws IOException {
        Path target = staging.folder().resolve(plain(name));
        if (!Files.isRegularFile(source)) {
            throw new IOException(Printable.path(source) + ": cannot be copied: it is not a regular file");
        }
        try (InputStream in = Files.newInputStream(source);
                StagedFile file = StagedFile.create(target, Files.size(source), pageCache)) {
            byte[] buffer = new byte[COPY_BYTES];
            long offsetBytes = 0;
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                file.write(offsetBytes, MemorySegment.ofArray(buffer).asSlice(0, read));
                offsetBytes += read;
            }
            file.force();
        }
    }

    /**
     * Brings everything to the disk and makes OUT appear. When this returns, a power cut does no harm any more. Nobody
     * may be writing meanwhile.
     *
     * @throws IllegalStateException if a tensor was not written to its end
     */
    public void publish() throws IOException {
        requireAllWritten();
        if (shards.size() > 1) {
            add(WeightIndex.FILE_NAME, IndexWriter.index(layout));
        }
        for (StagedFile shard : shards) {
            shard.force();
            shard.close();
        }
        staging.publish();
    }

    /** Removes the staging folder if it was not published. */
    @Override
    public void close() throws IOException {
        try (staging) {
            for (StagedFile shard : shards) {
                shard.close();
            }
        }
    }

    private void beginShard(ShardLayout.Shard shard) throws IOException {
        StagedFile file = StagedFile.create(staging.folder().resolve(shard.fileName()), shard.fileBytes(), pageCache);
        shards.add(file);
        DiskSpace.reserve(file.path(), shard.fileBytes());
        file.write(0, MemorySegment.ofArray(HeaderWriter.header(shard.tensors())));
    }

    private void requireAllWritten() {
        for (int tensor = 0; tensor < writtenBytes.length(); tensor++) {
            TensorInfo info = layout.tensors().get(tensor);
            if (writtenBytes.get(tensor) < info.bytes()) {
                throw new IllegalStateException(
                        "of %s only %d bytes were written".formatted(info, writtenBytes.get(tensor)));
            }
        }
    }

    private void add(String name, byte[] content) throws IOException {
        try (StagedFile file = StagedFile.create(staging.folder().resolve(name), content.length, pageCache)) {
            file.write(0, MemorySegment.ofArray(content));
            file.force();
        }
    }

    /** A name in the folder itself, and none that would change which weights a reader finds. */
    private static String plain(String name) {
        if (!PlainName.is(name) || name.endsWith(WeightFiles.SUFFIX) || name.equals(WeightIndex.FILE_NAME)) {
            throw new IllegalArgumentException(Printable.quoted(name) + " is no name for a file beside the weights");
        }
        return name;
    }
}
