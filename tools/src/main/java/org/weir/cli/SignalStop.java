package org.weir.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes SIGINT and SIGTERM a clean stop. The JVM answers both by running its shutdown hooks and exiting with 130 or
 * 143; the hook here tells the running command to stop and holds the exit up until it has. A command that was past
 * stopping, because its output was there already, ends with its own exit code: what it made is whole.
 */
final class SignalStop {
    /** Longer than any tile takes; a disk that hangs must not make the process immortal. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable Stop stop;
    private volatile int code = ExitCode.STOPPED;

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
        calls(stopping, PATIENCE, () -> {});
    }

    /**
     * The same for a command that may be cut off.
     *
     * @param atMost how long to wait for its end
     * @param late what to do then, before the process ends
     */
    void calls(Runnable stopping, Duration atMost, Runnable late) {
        stop = new Stop(stopping, atMost, late);
    }

    private record Stop(Runnable stopping, Duration atMost, Runnable late) {}

    /** The command is over, with this exit code, and has said what it had to say. */
    void ended(int exitCode) {
        code = exitCode;
        ended.countDown();
    }

    private void heard() {
        OrderlyEnd.say();
        Stop asked = stop;
        if (asked == null || ended.getCount() == 0) {
            return;
        }
        asked.stopping().run();
        try {
            if (!ended.await(asked.atMost().toMillis(), TimeUnit.MILLISECONDS)) {
                asked.late().run();
            } else if (code != ExitCode.STOPPED) {
                Runtime.getRuntime().halt(code); // the one way to change the code of a JVM that is exiting
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
