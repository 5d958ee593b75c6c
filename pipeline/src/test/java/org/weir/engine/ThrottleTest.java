package org.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ThrottleTest {
    private static final int TILE_BYTES = 2_000_000;

    /** Less than the limit is possible on a busy machine, more is not; the first tile is not waited for. */
    @Test
    void threeWorkersTogetherKeepToTheLimit() throws Exception {
        double rate = rate(100_000_000, 3, 34);
        assertTrue(rate <= 105e6, "%.0f bytes per second".formatted(rate));
        assertTrue(rate >= 70e6, "%.0f bytes per second".formatted(rate));
    }

    @Test
    void aPauseIsNotMadeUpFor() throws Exception {
        Throttle throttle = new Throttle(OptionalLong.of(10_000_000), () -> false);
        Thread.sleep(500);
        long start = System.nanoTime();
        for (int i = 0; i < 4; i++) {
            throttle.take(TILE_BYTES);
        }
        long millis = (System.nanoTime() - start) / 1_000_000;
        assertTrue(millis >= 540, millis + " ms for three tiles of 200 ms, less the 50 that may be late");
    }

    @Test
    void withoutALimitNobodyWaits() throws Exception {
        Throttle throttle = new Throttle(OptionalLong.empty(), () -> false);
        long start = System.nanoTime();
        throttle.take(Long.MAX_VALUE);
        assertTrue(System.nanoTime() - start < 1_000_000_000);
    }

    @Test
    void anInterruptedWaitIsAnIoError() {
        Throttle throttle = new Throttle(OptionalLong.of(1), () -> false);
        Thread.currentThread().interrupt();
        assertThrows(InterruptedIOException.class, () -> {
            throttle.take(100);
            throttle.take(100);
        });
        assertEquals(true, Thread.interrupted());
    }

    private static double rate(long limit, int workers, int tiles) throws Exception {
        Throttle throttle = new Throttle(OptionalLong.of(limit), () -> false);
        long start = System.nanoTime();
        List<Future<?>> shifts = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(workers)) {
            for (int worker = 0; worker < workers; worker++) {
                shifts.add(threads.submit(() -> {
                    for (int tile = 0; tile < tiles; tile++) {
                        throttle.take(TILE_BYTES);
                    }
                    return tiles;
                }));
            }
        }
        for (Future<?> shift : shifts) {
            shift.get();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        return (workers * tiles - 1.0) * TILE_BYTES / (seconds + 0.05);
    }
}
