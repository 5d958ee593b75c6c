package org.weir.engine;

import java.io.InterruptedIOException;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

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

    private final double nanosPerByte;
    private final AtomicLong bookedUntil = new AtomicLong(System.nanoTime());

    Throttle(OptionalLong bytesPerSecond) {
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
        if (wait > 0) {
            sleep(wait);
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
