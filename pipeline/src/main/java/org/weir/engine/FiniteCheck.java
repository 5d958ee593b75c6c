package org.weir.engine;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.weir.plan.Exactness.NonFinite;
import org.weir.plan.MergedTensor;
import org.weir.simd.Codec;
import org.weir.stage.Strip;
import org.weir.stage.TileOp;

/**
 * Finds NaN and infinities while inputs and results are in the cache. Results are scanned always; where all of what was in
 * the inputs shows in them, inputs are looked at only where a result is not finite.
 */
final class FiniteCheck {

    private final MergedTensor plan;
    private final List<Codec> codecs;
    private final Codec output;
    private final Optional<NonFinite> policy;
    private boolean resultsShow;

    FiniteCheck(MergedTensor plan, List<Codec> codecs, Codec output, Optional<NonFinite> policy) {
        this.plan = plan;
        this.codecs = codecs;
        this.output = output;
        this.policy = policy;
    }

    /** Sees whether with these operations results show what inputs hold; to be told when one becomes ready. */
    void expect(List<List<TileOp>> operations) {
        resultsShow = plan.recipe().fold().showsNonFinite()
                && (float) plan.recipe().factor() != 0
                && operations.stream().flatMap(List::stream).allMatch(each -> each.ready() && each.showsNonFinite());
    }

    /** Looks at elements that were just merged. */
    void look(Worker worker, long first, int n, long tileOffsetBytes) {
        if (policy.equals(Optional.of(NonFinite.IGNORE))) {
            return;
        }
        boolean finite =
                output.allFinite(worker.tile, tileOffsetBytes, n) && (resultsShow || inputsAreFinite(worker, first, n));
        if (!finite) {
            count(worker, first, n, tileOffsetBytes);
        }
        worker.meter.stage("finite check", n, (long) n * output.bytesPerElement());
    }

    private boolean inputsAreFinite(Worker worker, long first, int n) {
        for (int i = 0; i < codecs.size(); i++) {
            if (!codecs.get(i).allFinite(worker.input(i), offsetBytes(i, first, worker), n)) {
                return false;
            }
        }
        return true;
    }

    private void count(Worker worker, long first, int n, long tileOffsetBytes) {
        float[] x = worker.expert.values();
        Arrays.fill(worker.marks, 0, n, false);
        for (int i = 0; i < codecs.size(); i++) {
            codecs.get(i).widen(worker.input(i), offsetBytes(i, first, worker), x, n);
            worker.found.input(i, x, n, first, worker.marks);
        }
        output.widen(worker.tile, tileOffsetBytes, x, n);
        worker.found.output(x, n, first, worker.marks);
    }

    private long offsetBytes(int input, long first, Worker worker) {
        return (first - worker.firstElement) * codecs.get(input).bytesPerElement();
    }

    /** Whether the merge must not go on with what was found in a range. */
    boolean mustFail(RangeFacts found) {
        boolean inputs = !found.nonFinite().isEmpty();
        return policy.isPresent()
                ? policy.get() == NonFinite.FAIL && (inputs || found.overflow().isPresent())
                : plan.readings() > 1 && inputs;
    }

    /** The first of these elements, which were read, that is not finite in some input: the end of the merge. */
    Optional<UnusableValueException> first(Worker worker, long first, long end) {
        float[] x = worker.expert.values();
        Optional<String> found = Optional.empty();
        for (long at = first; at < end && found.isEmpty(); at += Strip.ELEMENTS) {
            int n = (int) Math.min(Strip.ELEMENTS, end - at);
            for (int i = 0; i < codecs.size(); i++) {
                codecs.get(i).widen(worker.input(i), offsetBytes(i, at, worker), x, n);
                int place = 0;
                while (place < n && Float.isFinite(x[place])) {
                    place++;
                }
                if (place < n) {
                    n = place; // of those that come later only an earlier one is of interest
                    found = Optional.of((Float.isNaN(x[place]) ? "NaN" : "an infinity") + " at element " + (at + place)
                            + " of " + plan.label(i));
                }
            }
        }
        return found.map(what ->
                new UnusableValueException("tensor " + plan.output().name() + ": " + what + origin(worker) + why()));
    }

    /** Where in a fused step it comes from, if it does. */
    private String origin(Worker worker) {
        List<String> found = origins(plan, worker.found).toList();
        return found.isEmpty() ? "" : " (NaN or infinities are in " + String.join(", ", found) + ")";
    }

    private static Stream<String> origins(MergedTensor made, RangeFacts found) {
        return found.steps().entrySet().stream().flatMap(each -> {
            MergedTensor step = made.fusedAt(each.getKey()).tensor();
            Stream<String> own = each.getValue().nonFinite().keySet().stream().map(step::label);
            return Stream.concat(own, origins(step, each.getValue()));
        });
    }

    /** For results that are not finite although all inputs are. */
    UnusableValueException overflow(TensorFacts.Overflow overflow) {
        return new UnusableValueException("tensor " + plan.output().name() + ": element " + overflow.first()
                + " of the result is beyond what " + plan.output().dtype() + " holds (--non-finite fail)");
    }

    private String why() {
        return policy.isPresent()
                ? " (--non-finite fail)"
                : "; it changes the threshold or norm that other elements depend on; --non-finite warn merges all the same";
    }
}
