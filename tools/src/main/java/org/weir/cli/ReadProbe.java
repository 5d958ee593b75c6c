package org.weir.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** How fast all cores together read memory: half a second of sums over buffers that no cache holds. */
final class ReadProbe {
    /** Per core; the caches of today's cores hold less. */
    private static final long BUFFER_BYTES = 64L << 20;

    private static final long WARM_NANOS = TimeUnit.MILLISECONDS.toNanos(150);
    private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(350);

    @SuppressWarnings("UnusedVariable") // a sum that nobody reads would not be computed
    private static volatile long sink;

    private ReadProbe() {}

    /** What it takes while it runs. */
    static long memoryBytes() {
        return Machine.cores() * BUFFER_BYTES;
    }

    static double bytesPerSecond() throws InterruptedException, ExecutionException {
        try (ExecutorService threads = Executors.newFixedThreadPool(Machine.cores())) {
            List<Future<Double>> rates = new ArrayList<>();
            for (int i = 0; i < Machine.cores(); i++) {
                rates.add(threads.submit(ReadProbe::oneCore));
            }
            double sum = 0;
            for (Future<Double> rate : rates) {
                sum += rate.get();
            }
            return sum;
        }
    }

    private static double oneCore() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(BUFFER_BYTES, 64).fill((byte) 1);
            rate(buffer, WARM_NANOS);
            return rate(buffer, NANOS);
        }
    }

    private static double rate(MemorySegment buffer, long nanos) {
        long start = System.nanoTime();
        long now = start;
        long bytes = 0;
        while (now - start < nanos) {
            sink = sum(buffer);
            bytes += buffer.byteSize();
            now = System.nanoTime();
        }
        return bytes * 1e9 / (now - start);
    }

    /** Four sums, so that no addition waits for the one before. */
    private static long sum(MemorySegment buffer) {
        long a = 0;
        long b = 0;
        long c = 0;
        long d = 0;
        for (long at = 0; at < buffer.byteSize(); at += 4 * Long.BYTES) {
            a += buffer.get(ValueLayout.JAVA_LONG, at);
            b += buffer.get(ValueLayout.JAVA_LONG, at + 8);
            c += buffer.get(ValueLayout.JAVA_LONG, at + 16);
            d += buffer.get(ValueLayout.JAVA_LONG, at + 24);
        }
        return a + b + c + d;
    }
}
