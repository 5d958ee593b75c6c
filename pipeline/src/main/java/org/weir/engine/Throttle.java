package org.weir.engine;

import java.io.InterruptedIOException;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * Keeps all workers together to so many bytes per second. Each books its bytes on one line of time, and starts when all
 * that was booked before has had its time:
 *
 * <pre>
 *   time  |--- tile 1 ---|--- tile 2 ---|------ tile 3 ------|
 *                        ^ who has tile 2 may start when the first line ends
 * </pre>
 *
 * Time that nobody booked is lost, but for the last moment: after a pause nothing runs faster than the limit.
 */
final class Throttle {

    private static final double NANOS_PER_SECOND = 1e9;
    /** What may be made up for: a worker that comes late to its turn. */
    private static final long LATE_NANOS = 50_000_000;

    /** How soon a sleeper notices that nobody wants the bytes any more. */
    private static final long NAP_NANOS = 100_000_000;

    private final double nanosPerByte;
    private final BooleanSupplier stopped;
    private final AtomicLong bookedUntil = new AtomicLong(System.nanoTime());

    /** @param stopped whether nobody wants the bytes any more: then nobody waits for them */
    Throttle(OptionalLong bytesPerSecond, BooleanSupplier stopped) {
        this.stopped = stopped;
        this.nanosPerByte = bytesPerSecond.isPresent() ? NANOS_PER_SECOND / bytesPerSecond.getAsLong() : 0;
    }

    /** Waits until the bytes may be moved. */
    void take(long bytes) throws InterruptedIOException {
        if (nanosPerByte == 0 || bytes == 0) {
            return;
        }
        long cost = (long) (bytes * nanosPerByte);
        long now = System.nanoTime();
        long wait = bookedUntil.updateAndGet(until -> Math.max(until, now - LATE_NANOS) + cost) - cost - now;
        for (long left = wait; left > 0 && !stopped.getAsBoolean(); left = now + wait - System.nanoTime()) {
            sleep(Math.min(left, NAP_NANOS));
        }
    }

    private static void sleep(long nanos) throws InterruptedIOException {
        try {
            Thread.sleep(nanos / 1_000_000, (int) (nanos % 1_000_000));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for its share of the disk");
        }
    }
}
