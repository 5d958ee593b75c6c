package org.weir.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A checkpoint that is planned and not made: files with their headers, and holes in place of the data, which take no disk
 * space. So what will be merged from it can be planned, too.
 */
public final class CheckpointOutline implements FileSink {
    private final Path folder;
    private final ShardLayout layout;

    private CheckpointOutline(Path folder, ShardLayout layout) {
        this.folder = folder;
        this.layout = layout;
    }

    /** Makes the folder and all its weight files. */
    public static CheckpointOutline create(Path folder, ShardLayout layout) throws IOException {
        Files.createDirectories(folder);
        for (ShardLayout.Shard shard : layout.shards()) {
            try (FileChannel file = FileChannel.open(
                    folder.resolve(shard.fileName()), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                write(file, ByteBuffer.wrap(shard.header()), 0);
                if (shard.dataBytes() > 0) {
                    write(file, ByteBuffer.allocate(1), shard.fileBytes() - 1);
                }
            }
        }
        if (layout.shards().size() > 1) {
            Files.write(folder.resolve(WeightIndex.FILE_NAME), IndexWriter.index(layout));
        }
        return new CheckpointOutline(folder, layout);
    }

    /** Fills in the data of a tensor that is known already. */
    public void fill(int tensor, MappedTensor data) throws IOException {
        ShardLayout.Place place = layout.places().get(tensor);
        Path file = folder.resolve(layout.shards().get(place.shard()).fileName());
        data.prefault(0, data.info().bytes());
        byte[] bytes = new byte[Math.toIntExact(data.info().bytes())];
        MemorySegment.copy(data.bytes(), 0, MemorySegment.ofArray(bytes), 0, bytes.length);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            write(channel, ByteBuffer.wrap(bytes), place.offsetBytes());
        }
    }

    @Override
    public void addFile(String name, byte[] content) throws IOException {
        Files.write(folder.resolve(name), content);
    }

    @Override
    public void copyFile(String name, Path source) throws IOException {
        Files.copy(source, folder.resolve(name));
    }

    private static void write(FileChannel file, ByteBuffer bytes, long at) throws IOException {
        long position = at;
        while (bytes.hasRemaining()) {
            position += file.write(bytes, position);
        }
    }
}
