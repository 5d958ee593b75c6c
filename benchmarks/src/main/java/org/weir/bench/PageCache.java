package org.weir.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.List;

/** Whether files are in memory before a run. Other people's files are left alone, and no rights are needed. */
enum PageCache {
    /** Every page in memory. */
    WARM {
        @Override
        void prepare(Path file) throws IOException {
            for (int attempt = 0; attempt < 3 && cachedShare(file) < 1; attempt++) {
                read(file);
            }
            if (cachedShare(file) < 0.99) {
                throw new IOException(file + " does not stay in the page cache; is there memory for all inputs?");
            }
        }
    },
    /** No page in memory. */
    COLD {
        @Override
        void prepare(Path file) throws IOException {
            Linux.evict(file);
            if (cachedShare(file) > 0.01) {
                throw new IOException(file + " does not leave the page cache; has somebody mapped it?");
            }
        }
    };

    private static final int READ_BYTES = 1 << 20;

    abstract void prepare(Path file) throws IOException;

    void prepare(List<Path> files) throws IOException {
        for (Path file : files) {
            prepare(file);
        }
    }

    private static double cachedShare(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file);
                Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
            return (double) Linux.cachedBytes(mapped) / mapped.byteSize();
        }
    }

    /** Reads a file without a mapping. */
    private static void read(Path file) throws IOException {
        sum(file);
    }

    /** The sum that the floor has to find, without a mapping. */
    static long sum(List<Path> files) {
        return files.stream()
                .mapToLong(file -> {
                    try {
                        return sum(file);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .sum();
    }

    private static long sum(Path file) throws IOException {
        long sum = 0;
        ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
        try (FileChannel channel = FileChannel.open(file)) {
            boolean more = true;
            while (more) {
                buffer.clear();
                while (buffer.hasRemaining() && more) {
                    more = channel.read(buffer) >= 0;
                }
                sum += Sum.of(MemorySegment.ofBuffer(buffer.flip()));
            }
        }
        return sum;
    }
}
