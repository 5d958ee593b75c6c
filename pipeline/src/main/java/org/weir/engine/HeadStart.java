package org.weir.engine;

import java.util.List;
import org.weir.checkpoint.MappedTensor;
import org.weir.checkpoint.TensorReader.Way;
import org.weir.plan.MergePlan;

/**
 * Has the disk read what the workers will ask for first, while their loops are still being compiled: else it would stand idle
 * for the first second. Until {@link #close}, or until enough is under way.
 */
final class HeadStart implements AutoCloseable {
    /** Of each input in turn, so that all of a tile's are there soon. */
    private static final long STEP_BYTES = 4 << 20;
    /** More than a fast disk reads until it ends. */
    private static final long MOST_BYTES = 2_000_000_000;

    private final Thread thread;
    private volatile boolean stopped;

    private HeadStart(List<TensorRun> runs, long mostBytes) {
        this.thread = Thread.ofPlatform().daemon().name("weir-head-start").start(() -> ask(runs, mostBytes));
    }

    /** @param runs in the order in which they will be read */
    static HeadStart of(MergePlan plan, List<TensorRun> runs) {
        boolean cached = plan.memory().windows().way() != Way.DIRECT;
        boolean unlimited = plan.options().sidecar().readLimit().isEmpty();
        return new HeadStart(
                runs, cached && unlimited ? Math.min(MOST_BYTES, plan.options().memoryLimitBytes() / 8) : 0);
    }

    private void ask(List<TensorRun> runs, long mostBytes) {
        long asked = 0;
        for (TensorRun run : runs) {
            List<MappedTensor> inputs = run.plan().sources().toList();
            long longest = inputs.stream()
                    .mapToLong(input -> input.bytes().byteSize())
                    .max()
                    .orElse(0);
            for (long from = 0; from < longest; from += STEP_BYTES) {
                for (MappedTensor input : inputs) {
                    long length = Math.min(STEP_BYTES, input.bytes().byteSize() - from);
                    if (stopped || asked + length > mostBytes) {
                        return;
                    }
                    if (length > 0) {
                        input.readAhead(from, length);
                        asked += length;
                    }
                }
            }
        }
    }

    /** Returns when nothing touches the inputs any more. */
    @Override
    public void close() {
        stopped = true;
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
