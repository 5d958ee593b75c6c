package org.weir.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.agrona.concurrent.status.AtomicCounter;

/** Where one worker shows its sums: two counters for each label, which nobody else writes. */
final class CounterMeter {
    private final CounterFile file;
    private final int worker;
    private final List<Optional<AtomicCounter>> nanos = new ArrayList<>();
    private final List<Optional<AtomicCounter>> bytes = new ArrayList<>();

    CounterMeter(CounterFile file, int worker) {
        this.file = file;
        this.worker = worker;
    }

    /** Shows the sums of the label that is the {@code at}-th to appear. */
    void set(int at, String label, long nanosSum, long bytesSum) {
        if (at == nanos.size()) {
            nanos.add(file.add(CounterFile.Kind.STAGE_NANOS, worker, label));
            bytes.add(file.add(CounterFile.Kind.STAGE_BYTES, worker, label));
        }
        nanos.get(at).ifPresent(counter -> counter.setRelease(nanosSum));
        bytes.get(at).ifPresent(counter -> counter.setRelease(bytesSum));
    }
}
