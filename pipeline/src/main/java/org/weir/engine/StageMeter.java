package org.weir.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One worker's clock and sums. It has a single hand: each lap books all the time since the lap before under one label, so
 * the labels of a worker add up to the whole time, whatever was forgotten. Plain fields, nobody else's; now and then the
 * sums are shown to others.
 */
final class StageMeter {
    private static final long PUBLISH_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long EVENT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final int worker;
    private final boolean staged;
    private final CounterMeter counters;
    private String[] labels = new String[8];
    private long[] calls = new long[8];
    private long[] elements = new long[8];
    private long[] bytes = new long[8];
    private long[] nanos = new long[8];
    private int size;
    private long last;
    private long published;
    private long told;

    /** @param staged whether every stage is clocked by itself, which costs some per cent */
    StageMeter(int worker, boolean staged, CounterMeter counters) {
        this.worker = worker;
        this.staged = staged;
        this.counters = counters;
    }

    /** The time begins. */
    void begin() {
        last = System.nanoTime();
        published = last;
        told = last;
    }

    /** Books the time since the last lap. */
    void lap(String label, long moreElements, long moreBytes) {
        long now = System.nanoTime();
        int at = slot(label);
        calls[at]++;
        elements[at] += moreElements;
        bytes[at] += moreBytes;
        nanos[at] += now - last;
        last = now;
    }

    /** The same for one stage of a strip, where each is clocked by itself; else the time is left for {@link #rest}. */
    void stage(String label, long moreElements, long moreBytes) {
        if (staged) {
            lap(label, moreElements, moreBytes);
        }
    }

    /** Books what the stages of a tile left: everything, or what lies between stages that were clocked. */
    void rest(String label, long moreElements, long moreBytes) {
        if (staged) {
            lap("between", 0, 0);
        } else {
            lap(label, moreElements, moreBytes);
        }
    }

    /** A tile is done: a good moment to show the sums, unless it was only just done. */
    void tileDone() {
        if (last - published >= PUBLISH_NANOS) {
            publish();
        }
    }

    /** The work is over for this worker. */
    void end() {
        lap(StageTime.IDLE, 0, 0);
        told = last - EVENT_NANOS;
        publish();
    }

    List<StageTime> times() {
        List<StageTime> times = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            times.add(new StageTime(labels[i], calls[i], elements[i], bytes[i], nanos[i]));
        }
        return times;
    }

    private void publish() {
        published = last;
        for (int i = 0; i < size; i++) {
            counters.set(i, labels[i], nanos[i], bytes[i]);
        }
        if (last - told >= EVENT_NANOS) {
            told = last;
            StageEvent.commit(worker, this);
        }
    }

    /** Labels are few and constants: the first look finds most of them by identity. */
    private int slot(String label) {
        for (int i = 0; i < size; i++) {
            if (labels[i].equals(label)) {
                return i;
            }
        }
        if (size == labels.length) {
            grow();
        }
        labels[size] = label;
        return size++;
    }

    private void grow() {
        int more = 2 * size;
        labels = Arrays.copyOf(labels, more);
        calls = Arrays.copyOf(calls, more);
        elements = Arrays.copyOf(elements, more);
        bytes = Arrays.copyOf(bytes, more);
        nanos = Arrays.copyOf(nanos, more);
    }
}
