package org.weir.cli;

import java.time.Duration;
import java.util.function.Supplier;

/** Watches a run from a thread of its own and shows how far it is; runs of a moment stay silent. */
final class ProgressWatch implements AutoCloseable {
    private static final Duration SILENCE = Duration.ofSeconds(2);

    /** What a run says of itself: what it is at, and its bytes in all phases together. */
    record Counts(String phase, long doneBytes, long totalBytes) {}

    private final Supplier<Counts> source;
    private final ProgressView view;
    private final Thread watcher = new Thread(this::watch, "progress");
    private final long startNanos = System.nanoTime();

    private ProgressWatch(Supplier<Counts> source, ProgressView view) {
        this.source = source;
        this.view = view;
    }

    /** Begins to watch, unless the user wants quiet. */
    static ProgressWatch start(Output output, Supplier<Counts> source) {
        ProgressWatch watch = new ProgressWatch(source, ProgressView.suiting(output));
        if (!output.isQuiet()) {
            watch.watcher.setDaemon(true);
            watch.watcher.start();
        }
        return watch;
    }

    /** Takes what was shown off the terminal. */
    @Override
    public void close() {
        watcher.interrupt();
        try {
            watcher.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch() {
        try (view) {
            Thread.sleep(SILENCE);
            while (true) {
                view.show(read());
                Thread.sleep(view.interval());
            }
        } catch (InterruptedException e) {
            // The run is over.
        }
    }

    private Reading read() {
        Counts now = source.get();
        return new Reading(now.phase(), now.doneBytes(), now.totalBytes(), Seconds.since(startNanos));
    }
}
