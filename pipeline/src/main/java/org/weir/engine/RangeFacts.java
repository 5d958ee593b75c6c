package org.weir.engine;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.weir.plan.MergedTensor;
import org.weir.plan.TensorPlan;

/**
 * What one worker finds out about a range of a tensor while it merges it. It goes into the journal with the range, so that
 * who goes on with an interrupted merge knows it too.
 */
final class RangeFacts {

    /** NaN and infinities of one input. */
    record Found(long nans, long infinities, long first) {
        Found plus(Found more) {
            return new Found(nans + more.nans, infinities + more.infinities, Math.min(first, more.first));
        }

        TensorFacts.NonFinite of(String input) {
            return new TensorFacts.NonFinite(input, nans, infinities, first);
        }
    }

    /** By the place of the input among those of the tensor. Mostly there is none, and of small tensors there are very many. */
    private Map<Integer, Found> nonFinite = Map.of();

    /** What was found where fused steps were computed, by the place of the input that each is. */
    private Map<Integer, RangeFacts> steps = Map.of();

    private Optional<TensorFacts.Overflow> overflow = Optional.empty();
    private final List<SampledStrip> samples = new ArrayList<>();

    /** Counts what is not finite in an input's elements, and marks where. */
    void input(int place, float[] x, int n, long firstElement, boolean[] marks) {
        input(place, x, 0, n, firstElement);
        for (int i = 0; i < n; i++) {
            marks[i] |= !Float.isFinite(x[i]);
        }
    }

    /** Counts what is not finite in elements that stand somewhere in an array. */
    void input(int place, float[] x, int from, int n, long firstElement) {
        long nans = 0;
        long infinities = 0;
        long first = Long.MAX_VALUE;
        for (int i = 0; i < n; i++) {
            float each = x[from + i];
            if (!Float.isFinite(each)) {
                nans += Float.isNaN(each) ? 1 : 0;
                infinities += Float.isNaN(each) ? 0 : 1;
                first = Math.min(first, firstElement + i);
            }
        }
        if (first < Long.MAX_VALUE) {
            input(place, new Found(nans, infinities, first));
        }
    }

    private void input(int place, Found found) {
        nonFinite = nonFinite.isEmpty() ? new TreeMap<>() : nonFinite;
        nonFinite.merge(place, found, Found::plus);
    }

    /** Takes in what was found of inputs elsewhere. */
    void inputs(Map<Integer, Found> more) {
        more.forEach(this::input);
    }

    /** Takes what was found where the fused step was computed that is the input at this place. */
    void step(int place, RangeFacts found) {
        steps = steps.isEmpty() ? new TreeMap<>() : steps;
        steps.put(place, found);
    }

    /** Counts the results that are not finite where no input was marked. */
    void output(float[] x, int n, long firstElement, boolean[] marks) {
        long elements = 0;
        long first = Long.MAX_VALUE;
        for (int i = 0; i < n; i++) {
            if (!Float.isFinite(x[i]) && !marks[i]) {
                elements++;
                first = Math.min(first, firstElement + i);
            }
        }
        if (elements > 0) {
            overflow(new TensorFacts.Overflow(elements, first));
        }
    }

    private void overflow(TensorFacts.Overflow more) {
        overflow = Optional.of(overflow.map(more::plus).orElse(more));
    }

    /** Takes in all that was found in another range of the tensor but in its steps, and for the strips looked at closely. */
    void join(RangeFacts other) {
        inputs(other.nonFinite);
        other.overflow.ifPresent(this::overflow);
    }

    /** Begins with another strip that is looked at closely. */
    void begin(SampledStrip strip) {
        samples.add(strip);
    }

    Map<Integer, Found> nonFinite() {
        return nonFinite;
    }

    Map<Integer, RangeFacts> steps() {
        return steps;
    }

    Optional<TensorFacts.Overflow> overflow() {
        return overflow;
    }

    /** The one that was begun last. */
    SampledStrip sample() {
        return samples.getLast();
    }

    List<SampledStrip> samples() {
        return samples;
    }

    /** Index of the first element of an input that is not finite, or −1. */
    long firstNonFinite() {
        return nonFinite.values().stream().mapToLong(Found::first).min().orElse(-1);
    }

    private boolean isEmpty() {
        boolean own = nonFinite.isEmpty() && overflow.isEmpty() && samples.isEmpty();
        return own && steps.values().stream().allMatch(RangeFacts::isEmpty);
    }

    /** As {@link #read} takes it; nothing for nothing. */
    ByteBuffer bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (!isEmpty()) {
            try (DataOutputStream to = new DataOutputStream(bytes)) {
                write(to);
            } catch (IOException e) {
                throw new UncheckedIOException(e); // memory takes all
            }
        }
        return ByteBuffer.wrap(bytes.toByteArray());
    }

    private void write(DataOutputStream to) throws IOException {
        to.writeInt(nonFinite.size());
        for (Map.Entry<Integer, Found> each : nonFinite.entrySet()) {
            to.writeInt(each.getKey());
            to.writeLong(each.getValue().nans());
            to.writeLong(each.getValue().infinities());
            to.writeLong(each.getValue().first());
        }
        to.writeLong(overflow.map(TensorFacts.Overflow::elements).orElse(0L));
        to.writeLong(overflow.map(TensorFacts.Overflow::first).orElse(0L));
        to.writeInt(samples.size());
        for (SampledStrip sample : samples) {
            sample.write(to);
        }
        to.writeInt(steps.size());
        for (Map.Entry<Integer, RangeFacts> each : steps.entrySet()) {
            to.writeInt(each.getKey());
            each.getValue().write(to);
        }
    }

    /**
     * The facts that an earlier run wrote down.
     *
     * @throws IOException if they are none of this tensor
     */
    static RangeFacts read(ByteBuffer note, TensorPlan plan) throws IOException {
        try {
            return note.hasRemaining() ? readAll(note, plan) : new RangeFacts();
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new IOException(
                    "the journal of the interrupted merge knows something of tensor "
                            + plan.output().name() + " that cannot be; --no-resume begins anew",
                    e);
        }
    }

    private static RangeFacts readAll(ByteBuffer note, TensorPlan plan) {
        RangeFacts facts = new RangeFacts();
        Optional<MergedTensor> merged = plan instanceof MergedTensor some ? Optional.of(some) : Optional.empty();
        int inputs = (int) plan.inputs().count();
        for (int left = note.getInt(); left > 0; left--) {
            int place = Objects.checkIndex(note.getInt(), inputs);
            facts.input(place, new Found(note.getLong(), note.getLong(), note.getLong()));
        }
        TensorFacts.Overflow found = new TensorFacts.Overflow(note.getLong(), note.getLong());
        facts.overflow = Optional.of(found).filter(some -> some.elements() > 0);
        for (int left = note.getInt(); left > 0; left--) {
            facts.samples.add(SampledStrip.read(note, merged.orElseThrow(IndexOutOfBoundsException::new)));
        }
        for (int left = note.getInt(); left > 0; left--) {
            int place = note.getInt();
            MergedTensor made = merged.orElseThrow(IndexOutOfBoundsException::new);
            facts.step(place, readAll(note, made.fusedAt(place).tensor()));
        }
        return facts;
    }
}
