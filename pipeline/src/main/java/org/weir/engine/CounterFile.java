package org.weir.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.agrona.IoUtil;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;
import org.agrona.concurrent.status.CountersManager;

/**
 * The counters of a merge, in a small mapped file that other processes read while it runs, and after it was killed.
 * A merge does not depend on it: where the file cannot be made the counters are in this process's memory.
 *
 * <pre>
 *   | head: magic, pid, start, what is merged | Agrona's labels | Agrona's values |
 * </pre>
 */
public final class CounterFile implements AutoCloseable {

    /** What a counter counts; the number is Agrona's type id, and stays the same from version to version. */
    enum Kind {
        DONE_BYTES(0),
        TOTAL_BYTES(1),
        PHASE(2),
        STAGE_NANOS(3),
        STAGE_BYTES(4);

        final int type;

        Kind(int type) {
            this.type = type;
        }

        static Optional<Kind> of(int type) {
            return Arrays.stream(values()).filter(kind -> kind.type == type).findFirst();
        }
    }

    static final long MAGIC = 0x5745_4952_4354_5232L;
    static final int PID_AT = 8;
    static final int START_AT = 16;
    static final int TICKS_AT = 24;
    static final int WORKERS_AT = 32;
    static final int COUNTERS_AT = 36;
    static final int NAME_AT = 40;
    static final int HEAD_BYTES = 16384;

    private static final int OF_THE_MERGE = 3;
    private static final int LABELS_COARSE = 10;
    private static final int LABELS_STAGED = 24;
    private static final Duration KEPT = Duration.ofDays(1);

    private final Optional<Path> path;
    private final CountersManager counters;

    private CounterFile(Optional<Path> path, UnsafeBuffer bytes, int capacity) {
        this.path = path;
        this.counters = new CountersManager(labels(bytes, capacity), values(bytes, capacity));
    }

    static AtomicBuffer labels(UnsafeBuffer bytes, int capacity) {
        return new UnsafeBuffer(bytes, HEAD_BYTES, capacity * CountersManager.METADATA_LENGTH);
    }

    static AtomicBuffer values(UnsafeBuffer bytes, int capacity) {
        int from = HEAD_BYTES + capacity * CountersManager.METADATA_LENGTH;
        return new UnsafeBuffer(bytes, from, capacity * CountersManager.COUNTER_LENGTH);
    }

    /** Counters that only this process sees. */
    static CounterFile inMemory() {
        return new CounterFile(Optional.empty(), new UnsafeBuffer(ByteBuffer.allocateDirect(bytes(8))), 8);
    }

    /**
     * Counters that this user's other processes see, if there is a place for them.
     *
     * @param name what runs: the output folder, or the config of a profile
     * @param staged whether every stage is to have a counter
     */
    public static CounterFile create(String name, int workers, boolean staged) {
        int capacity = OF_THE_MERGE + workers * 2 * (staged ? LABELS_STAGED : LABELS_COARSE);
        for (Path folder : CounterFolder.all()) {
            try {
                CounterFolder.create(folder);
                removeOld();
                return inFolder(folder, name, workers, capacity);
            } catch (IOException | RuntimeException e) {
                // Read-only or full: the next place, or none.
            }
        }
        return inMemory();
    }

    static CounterFile inFolder(Path folder, String name, int workers, int capacity) throws IOException {
        ProcessHandle process = ProcessHandle.current();
        Path path = folder.resolve(process.pid() + CounterFolder.SUFFIX);
        try {
            fill(path, bytes(capacity));
            UnsafeBuffer bytes = new UnsafeBuffer(IoUtil.mapExistingFile(path.toFile(), "counters"));
            bytes.putLong(PID_AT, process.pid());
            bytes.putLong(
                    START_AT,
                    process.info().startInstant().orElse(Instant.EPOCH).toEpochMilli());
            bytes.putLong(TICKS_AT, ProcessStart.ticks(process.pid()));
            bytes.putInt(WORKERS_AT, workers);
            bytes.putInt(COUNTERS_AT, capacity);
            bytes.putStringUtf8(NAME_AT, name, HEAD_BYTES - NAME_AT - Integer.BYTES);
            bytes.putLongRelease(0, MAGIC);
            path.toFile().deleteOnExit(); // a signal may end the process before anybody is told to stop
            return new CounterFile(Optional.of(path), bytes, capacity);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(path);
            throw e;
        }
    }

    /** A page of a mapping for which the disk has no room is a signal that ends the JVM; a write is an exception. */
    private static void fill(Path path, int bytes) throws IOException {
        Files.deleteIfExists(path); // emptying it would pull the pages from under whoever has it mapped
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer zeros = ByteBuffer.allocateDirect(bytes);
            while (zeros.hasRemaining()) {
                file.write(zeros, zeros.position());
            }
        }
    }

    private static int bytes(int capacity) {
        int perCounter = CountersManager.METADATA_LENGTH + CountersManager.COUNTER_LENGTH;
        return Math.addExact(HEAD_BYTES, Math.multiplyExact(capacity, perCounter));
    }

    private static void removeOld() throws IOException {
        for (RunningMerge merge : RunningMerge.all()) {
            Instant changed = Files.getLastModifiedTime(merge.file()).toInstant();
            if (!merge.alive() && changed.isBefore(Instant.now().minus(KEPT))) {
                Files.deleteIfExists(merge.file());
            }
        }
    }

    /** A new counter, unless all are taken. */
    synchronized Optional<AtomicCounter> add(Kind kind, int worker, String label) {
        return counters.available() == 0
                ? Optional.empty()
                : Optional.of(counters.newCounter(label, kind.type, key -> key.putInt(0, worker)));
    }

    /**
     * The merge has ended, so the file goes. Its memory stays until nothing can write to it any more, which the
     * garbage collector knows best.
     */
    @Override
    public void close() {
        try {
            if (path.isPresent()) {
                Files.deleteIfExists(path.get());
            }
        } catch (IOException e) {
            // It is then taken for a merge that died, and removed in a day.
        }
    }
}
