package org.weir.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.weir.checkpoint.MappedTensor;
import org.weir.plan.SolvedTensor;

/** Collects the {@link TensorFacts} of a tensor that is solved for: what is not finite, in its inputs or beyond its dtype. */
final class SolvedTally {
    private final SolvedTensor plan;
    private final RangeFacts found = new RangeFacts();
    private long merged;

    SolvedTally(SolvedTensor plan) {
        this.plan = plan;
    }

    SolvedTensor plan() {
        return plan;
    }

    /** The same of a range that an earlier run has finished. */
    void finished(long lengthBytes, ByteBuffer note) throws IOException {
        add(
                RangeFacts.read(note, plan),
                lengthBytes * Byte.SIZE / plan.output().dtype().bits());
    }

    /** Takes in what was found in a range, once that is finished. */
    synchronized void add(RangeFacts range, long elements) {
        merged += elements;
        found.join(range);
    }

    /** The facts, as far as the tensor has been made. */
    synchronized TensorFacts facts() {
        List<TensorFacts.NonFinite> inputs = new ArrayList<>();
        found.nonFinite().forEach((place, some) -> inputs.add(some.of(label(plan, place))));
        return new TensorFacts(
                plan.output().name(), merged, inputs, found.overflow(), List.of(), Optional.empty(), Map.of());
    }

    /** What to say of inputs that make nonsense of all of a tensor. */
    static UnusableValueException unusable(SolvedTensor plan, Map<Integer, RangeFacts.Found> inputs) {
        Map.Entry<Integer, RangeFacts.Found> one = inputs.entrySet().iterator().next();
        return new UnusableValueException(
                "tensor " + plan.output().name() + ": " + (one.getValue().nans() > 0 ? "NaN" : "an infinity")
                        + " in " + label(plan, one.getKey()) + ", the first at element "
                        + one.getValue().first()
                        + "; it changes all of the tensor; --non-finite warn merges all the same");
    }

    /** What ends the merge where statistics cannot be what they are taken for. */
    static UnusableValueException noGram(MappedTensor gram, int place, float found) {
        return new UnusableValueException(gram.file() + ": tensor '"
                + gram.info().name() + "': found " + found + " at ["
                + place + ", " + place + "], expected a Gram matrix XᵀX, which has nothing negative on its diagonal"
                + " (docs/statistics.md)");
    }

    private static String label(SolvedTensor plan, int place) {
        return plan.inputs().skip(place).findFirst().orElseThrow().file().toString();
    }
}
