package org.weir.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersManager;
import org.agrona.concurrent.status.CountersReader;

/**
 * A merge of another process, as its counters show it at one moment. They are read with plain reads: unlike a mapping,
 * these do no harm when the file goes.
 *
 * @param file the counters
 * @param pid the process
 * @param started when that process began, as it was told the time then
 * @param startTicks the same, in a time that nobody sets
 * @param name what it makes
 * @param workers threads
 * @param phase what it is at
 * @param doneBytes of input
 * @param totalBytes of input
 * @param stages what the workers' time went into
 */
public record RunningMerge(
        Path file,
        long pid,
        Instant started,
        long startTicks,
        String name,
        int workers,
        MergeProgress.Phase phase,
        long doneBytes,
        long totalBytes,
        List<StageTime> stages) {

    public RunningMerge {
        stages = List.copyOf(stages);
    }

    /** Those of this user, also those whose process was killed. */
    public static List<RunningMerge> all() throws IOException {
        List<RunningMerge> merges = new ArrayList<>();
        for (Path file : CounterFolder.files()) {
            read(file).ifPresent(merges::add);
        }
        return merges;
    }

    /** How it stands now; empty if it has ended. */
    public Optional<RunningMerge> now() throws IOException {
        return read(file).filter(merge -> merge.pid == pid && merge.startTicks == startTicks);
    }

    /** Whether its process still is; another may have its number by now. */
    public boolean alive() {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()
                && ProcessStart.ticks(pid) == startTicks;
    }

    /** How long its process has been running. */
    public Duration age() {
        return ProcessStart.since(startTicks);
    }

    static Optional<RunningMerge> read(Path file) throws IOException {
        UnsafeBuffer bytes;
        try {
            bytes = new UnsafeBuffer(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        // The magic number comes last: without it the file is being made, or is none of ours.
        if (bytes.capacity() < CounterFile.HEAD_BYTES || bytes.getLong(0) != CounterFile.MAGIC) {
            return Optional.empty();
        }
        int capacity = bytes.getInt(CounterFile.COUNTERS_AT);
        long perCounter = CountersManager.METADATA_LENGTH + (long) CountersManager.COUNTER_LENGTH;
        if (capacity < 0 || bytes.capacity() != CounterFile.HEAD_BYTES + capacity * perCounter) {
            return Optional.empty();
        }
        CountersReader counters =
                new CountersReader(CounterFile.labels(bytes, capacity), CounterFile.values(bytes, capacity));
        Sums sums = new Sums(counters);
        counters.forEach(sums::take);
        return Optional.of(new RunningMerge(
                file,
                bytes.getLong(CounterFile.PID_AT),
                Instant.ofEpochMilli(bytes.getLong(CounterFile.START_AT)),
                bytes.getLong(CounterFile.TICKS_AT),
                bytes.getStringUtf8(CounterFile.NAME_AT),
                bytes.getInt(CounterFile.WORKERS_AT),
                sums.phase,
                sums.doneBytes,
                sums.totalBytes,
                StageTime.added(sums.times)));
    }

    /** What the counters say, the workers' added up. */
    private static final class Sums {
        private final CountersReader counters;
        private final List<StageTime> times = new ArrayList<>();
        private MergeProgress.Phase phase = MergeProgress.Phase.SURVEYING;
        private long doneBytes;
        private long totalBytes;

        Sums(CountersReader counters) {
            this.counters = counters;
        }

        void take(int id, int type, DirectBuffer key, String label) {
            CounterFile.Kind.of(type).ifPresent(kind -> add(kind, label, counters.getCounterValue(id)));
        }

        private void add(CounterFile.Kind kind, String label, long value) {
            switch (kind) {
                case DONE_BYTES -> doneBytes = value;
                case TOTAL_BYTES -> totalBytes = value;
                case PHASE -> phase = MergeProgress.Phase.of(value);
                case STAGE_NANOS -> times.add(new StageTime(label, 0, 0, 0, value));
                case STAGE_BYTES -> times.add(new StageTime(label, 0, 0, value, 0));
            }
        }
    }
}
