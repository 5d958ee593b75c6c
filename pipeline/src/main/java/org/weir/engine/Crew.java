package org.weir.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The threads of a merge. Each takes the next piece of work and does all of it, from reading to writing: no hand-over, so
 * the data stay in one core's caches and nothing piles up between stages.
 */
final class Crew implements AutoCloseable {

    /** One piece of work. */
    interface Job {
        void run(long piece, Worker worker) throws IOException;
    }

    /** One piece of work that knows which it is. */
    interface Task {
        void run(Worker worker) throws IOException;
    }

    private final List<Worker> workers;
    private final ExecutorService threads;
    private volatile boolean stopped;

    Crew(List<Worker> workers) {
        this.workers = List.copyOf(workers);
        this.threads = Executors.newFixedThreadPool(
                workers.size(), Thread.ofPlatform().name("weir-worker-", 1).factory());
    }

    List<Worker> workers() {
        return workers;
    }

    boolean isStopped() {
        return stopped;
    }

    /** Makes all threads end after the piece that they are at. */
    void stop() {
        stopped = true;
    }

    /**
     * Does the pieces 0 to count − 1, each once, and waits for all of them.
     *
     * @throws IOException the first failure; the others then stop early
     */
    void each(long count, Job job) throws IOException, MergeStoppedException {
        AtomicLong next = new AtomicLong();
        List<Callable<@Nullable Void>> shifts = new ArrayList<>();
        for (Worker worker : workers) {
            shifts.add(() -> shift(next, count, job, worker));
        }
        await(shifts);
        if (stopped) {
            throw new MergeStoppedException();
        }
    }

    /** The same for pieces that are written down. */
    void all(List<Task> tasks) throws IOException, MergeStoppedException {
        each(tasks.size(), (piece, worker) -> tasks.get((int) piece).run(worker));
    }

    private @Nullable Void shift(AtomicLong next, long count, Job job, Worker worker) throws IOException {
        worker.meter.lap(StageTime.IDLE, 0, 0);
        boolean done = false;
        try {
            for (long i = next.getAndIncrement(); i < count && !stopped; i = next.getAndIncrement()) {
                job.run(i, worker);
            }
            done = true;
        } finally {
            if (!done) {
                next.set(count);
            }
        }
        return null;
    }

    private void await(List<Callable<@Nullable Void>> shifts) throws IOException, MergeStoppedException {
        try {
            for (Future<@Nullable Void> shift : threads.invokeAll(shifts)) {
                shift.get();
            }
        } catch (InterruptedException e) {
            stopped = true;
            Thread.currentThread().interrupt();
            throw new MergeStoppedException();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException io -> throw io;
                case RuntimeException bug -> throw bug;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public void close() {
        threads.close();
    }
}
