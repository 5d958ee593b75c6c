package org.weir.engine;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.agrona.concurrent.status.AtomicCounter;
import org.jspecify.annotations.Nullable;

/**
 * How far a merge is, in bytes of input, for somebody who looks from another thread or process. Agrona counters: each on
 * cache lines of its own, raised once per tile.
 */
public final class MergeProgress {

    /** What the merge is at. */
    public enum Phase {
        /** Counting and summing over whole tensors, which some methods need before they can merge. */
        SURVEYING(0),
        /** Reading, merging, writing. */
        MERGING(1),
        /** Making the result durable and giving it its name. */
        PUBLISHING(2),
        /** Reading back what an interrupted run had written. */
        RECOVERING(3);

        private final int number;

        Phase(int number) {
            this.number = number;
        }

        static Phase of(long number) {
            return Arrays.stream(values())
                    .filter(phase -> phase.number == number)
                    .findFirst()
                    .orElse(SURVEYING);
        }
    }

    /** The rate without the start, in which the JVM compiles: from the first fifth of the bytes on. */
    public record Steady(long bytes, Duration elapsed) {}

    private record Mark(long bytes, long nanos) {}

    private final CounterFile counters;
    private final AtomicCounter done;
    private final AtomicCounter total;
    private final AtomicCounter phase;
    private volatile long fifthBytes;
    private volatile @Nullable Mark fifth;

    /** For this process alone. */
    public MergeProgress() {
        this(CounterFile.inMemory());
    }

    /** For other processes too. */
    public MergeProgress(CounterFile counters) {
        this.counters = counters;
        this.done = counter(CounterFile.Kind.DONE_BYTES, "input bytes done");
        this.total = counter(CounterFile.Kind.TOTAL_BYTES, "input bytes in total");
        this.phase = counter(CounterFile.Kind.PHASE, "surveying, merging, publishing, recovering");
    }

    private AtomicCounter counter(CounterFile.Kind kind, String label) {
        return counters.add(kind, -1, label).orElseThrow();
    }

    /** Bytes of input that have been dealt with, all sweeps together; those that a sweep could skip count as done. */
    public long doneBytes() {
        return done.get();
    }

    /** Bytes of input to deal with, 0 before the start. */
    public long totalBytes() {
        return total.get();
    }

    /** What it is at. */
    public Phase phase() {
        return Phase.of(phase.get());
    }

    CounterFile counters() {
        return counters;
    }

    void begin(long totalBytes) {
        done.set(0);
        total.set(totalBytes);
        fifthBytes = totalBytes / 5;
    }

    void enter(Phase next) {
        phase.set(next.number);
    }

    /** Says of bytes that nobody has to deal with them after all. */
    void leaveOut(long bytes) {
        if (bytes > 0) {
            total.getAndAdd(-bytes);
        }
    }

    void advance(long bytes) {
        long before = done.getAndAdd(bytes);
        if (before < fifthBytes && before + bytes >= fifthBytes) {
            fifth = new Mark(before + bytes, System.nanoTime());
        }
    }

    /** What was done since the first fifth, up to now; nothing if that was the end. */
    Optional<Steady> steady() {
        Mark mark = fifth;
        return mark == null || done.get() == mark.bytes()
                ? Optional.empty()
                : Optional.of(
                        new Steady(done.get() - mark.bytes(), Duration.ofNanos(System.nanoTime() - mark.nanos())));
    }
}
