package org.weir.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes SIGINT and SIGTERM a clean stop. The JVM answers both by running its shutdown hooks and exiting with 130 or
 * 143; the hook here tells the running command to stop and holds the exit up until it has.
 */
final class SignalStop {
    /** Longer than any tile takes; a disk that hangs must not make the process immortal. */
    private static final long PATIENCE_SECONDS = 60;

    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable Runnable stop;

    /** One that no signal reaches. */
    SignalStop() {}

    /** One that hears the process's signals. */
    static SignalStop installed() {
        SignalStop signals = new SignalStop();
        Runtime.getRuntime().addShutdownHook(new Thread(signals::heard, "stop"));
        return signals;
    }

    /** What to do at a signal, from another thread. Without it a signal ends the process at once. */
    void calls(Runnable stopping) {
        stop = stopping;
    }

    /** The command is over and has said what it had to say. */
    void ended() {
        ended.countDown();
    }

    private void heard() {
        Runnable stopping = stop;
        if (stopping == null || ended.getCount() == 0) {
            return;
        }
        stopping.run();
        try {
            ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
