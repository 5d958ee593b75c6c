package org.weir.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The least that a merge has to do: read every byte of its inputs through mappings, with all threads, and write as many
 * bytes as it writes, as durably. No merge can be faster, so every time is given as a ratio to this one. It shares no code
 * with the product.
 *
 * <p>The inputs are cut into equally many windows each. A worker takes window w of every file, adds up its longs, lets go
 * of its pages, writes share w of the output and sends it to the disk, so that reading and writing overlap as in a merge. The sum is printed:
 * whoever reads less than everything gets another one.
 */
@Command(
        name = "floor",
        mixinStandardHelpOptions = true,
        description = "Read all inputs, write as much as a merge would.")
final class Floor implements Callable<Integer> {
    private static final int MAX_WRITE_BYTES = 1 << 20;

    @Parameters(paramLabel = "DIR", arity = "1..*", description = "Folders of which every *.safetensors file is read.")
    private List<Path> inputs = List.of();

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "Where to write; must not exist.")
    private Path out = Path.of("");

    @Option(names = "--out-bytes", paramLabel = "N", required = true, description = "How much to write.")
    private long outBytes;

    @Option(names = "--threads", paramLabel = "N", description = "Default: the processors.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--window", paramLabel = "BYTES", description = "Read at once, of each file; default 2 MiB.")
    private long windowBytes = 2 << 20;

    private final AtomicInteger nextWindow = new AtomicInteger();
    private final AtomicInteger windowsDone = new AtomicInteger();
    private final AtomicLong sum = new AtomicLong();
    private volatile long fifthNanos;

    private Floor() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Floor()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        long start = System.nanoTime();
        try (Arena arena = Arena.ofShared()) {
            List<MemorySegment> files = map(Weights.in(inputs), arena);
            long largest =
                    files.stream().mapToLong(MemorySegment::byteSize).max().orElse(0);
            int windows = Math.toIntExact(Math.max(1, Math.ceilDiv(largest, windowBytes)));
            try (FileChannel output = FileChannel.open(out, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                if (outBytes > 0) {
                    Linux.allocate(out, outBytes);
                }
                work(files, windows, output);
                output.force(true);
            }
            forceFolder(out.toAbsolutePath().resolveSibling("")); // its parent
            long end = System.nanoTime();
            report(files, windows, end - start, end - fifthNanos);
        }
        return 0;
    }

    private static List<MemorySegment> map(List<Path> files, Arena arena) throws IOException {
        List<MemorySegment> mapped = new ArrayList<>();
        for (Path file : files) {
            try (FileChannel channel = FileChannel.open(file)) {
                mapped.add(channel.map(MapMode.READ_ONLY, 0, channel.size(), arena));
            }
        }
        return mapped;
    }

    private void work(List<MemorySegment> files, int windows, FileChannel output) throws Exception {
        try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                running.add(workers.submit(() -> {
                    takeWindows(files, windows, output);
                    return null;
                }));
            }
            for (Future<?> worker : running) {
                worker.get();
            }
        }
    }

    private void takeWindows(List<MemorySegment> files, int windows, FileChannel output) throws IOException {
        long mine = 0;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment tile = arena.allocate(MAX_WRITE_BYTES).fill((byte) 0x3c);
            for (int w = nextWindow.getAndIncrement(); w < windows; w = nextWindow.getAndIncrement()) {
                for (MemorySegment file : files) {
                    mine += readAndRelease(part(file, w, windows));
                }
                long begin = share(outBytes, w, windows);
                long end = share(outBytes, w + 1, windows);
                write(output, tile, begin, end);
                if (end > begin) {
                    Linux.startWriting(out, begin, end);
                }
                if (windowsDone.incrementAndGet() == Math.ceilDiv(windows, 5)) {
                    fifthNanos = System.nanoTime();
                }
            }
        }
        sum.addAndGet(mine);
    }

    private static MemorySegment part(MemorySegment file, int window, int windows) {
        long begin = share(file.byteSize(), window, windows);
        return file.asSlice(begin, share(file.byteSize(), window + 1, windows) - begin);
    }

    /** Where a window begins: on a page, but for the end of the file. */
    private static long share(long bytes, int window, int windows) {
        long pages = Math.ceilDiv(bytes, Linux.PAGE_BYTES);
        return Math.min(bytes, pages * window / windows * Linux.PAGE_BYTES);
    }

    private static long readAndRelease(MemorySegment window) {
        if (window.byteSize() == 0) {
            return 0;
        }
        Linux.populate(window);
        long read = Sum.of(window);
        Linux.release(window);
        return read;
    }

    private static void write(FileChannel output, MemorySegment tile, long begin, long end) throws IOException {
        for (long at = begin; at < end; ) {
            long length = Math.min(end - at, tile.byteSize());
            at += output.write(tile.asSlice(0, length).asByteBuffer(), at);
        }
    }

    private static void forceFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder)) {
            channel.force(true);
        }
    }

    private void report(List<MemorySegment> files, int windows, long nanos, long steadyNanos) {
        long bytes = files.stream().mapToLong(MemorySegment::byteSize).sum();
        long steadyBytes = bytes - bytes * Math.ceilDiv(windows, 5) / windows;
        double seconds = (double) nanos / TimeUnit.SECONDS.toNanos(1);
        System.out.printf(
                Locale.ROOT,
                "floor: read %d bytes, wrote %d, %.3f s, %.2f GB/s, from the first fifth on %.2f GB/s, sum %016x%n",
                bytes,
                outBytes,
                seconds,
                bytes / (double) nanos,
                steadyBytes / (double) steadyNanos,
                sum.get());
    }
}
