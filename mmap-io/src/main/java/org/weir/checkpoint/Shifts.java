package org.weir.checkpoint;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Many pieces of reading, done by a few threads, each with a buffer of its own. */
final class Shifts {

    /** What is done with one piece. */
    interface Work<T, B> {
        void on(T piece, B buffer) throws IOException;
    }

    private Shifts() {}

    /** Does all pieces. After a failure no thread takes another. */
    static <T, B> void run(int threads, List<T> pieces, Supplier<B> buffers, Work<T, B> work) throws IOException {
        AtomicInteger next = new AtomicInteger();
        Callable<@Nullable Void> shift = () -> {
            B buffer = buffers.get();
            boolean done = false;
            try {
                for (int i = next.getAndIncrement(); i < pieces.size(); i = next.getAndIncrement()) {
                    work.on(pieces.get(i), buffer);
                }
                done = true;
            } finally {
                if (!done) {
                    next.set(pieces.size());
                }
            }
            return null;
        };
        try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
            List<Future<@Nullable Void>> running = new ArrayList<>();
            for (int i = 0; i < Math.min(threads, pieces.size()); i++) {
                running.add(workers.submit(shift));
            }
            for (Future<@Nullable Void> one : running) {
                await(one);
            }
        }
    }

    private static void await(Future<@Nullable Void> running) throws IOException {
        try {
            running.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while reading", e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException io -> throw io;
                case RuntimeException bug -> throw bug;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }
}
