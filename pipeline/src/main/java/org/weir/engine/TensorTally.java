package org.weir.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import org.weir.plan.MergedTensor;
import org.weir.stage.TileOp;

/**
 * Collects the {@link TensorFacts} of a tensor from all workers that are at it. Counts are integers, and sums are kept per
 * block until the end, so neither threads nor tiles show.
 */
final class TensorTally {

    private final MergedTensor plan;
    /** Of all ranges, but for the samples, which are summed up. */
    private final RangeFacts all = new RangeFacts();

    /** Of the fused steps, by the place of the input that each is. */
    private final SortedMap<Integer, TensorTally> steps;

    private long merged;
    private long sampled;
    private long[] changed = {};
    private long[] kept = {};
    private double[] products = {};
    private double[] squares = {};
    private long updated;
    private long unwritten;

    TensorTally(MergedTensor plan) {
        this.plan = plan;
        this.steps = plan.fused().isEmpty() ? Collections.emptySortedMap() : new TreeMap<>();
        plan.fused().forEach((place, step) -> steps.put(place, new TensorTally(step.tensor())));
    }

    /** Takes in what was found in a range, once that is finished. */
    synchronized void add(RangeFacts range, long elements) {
        merged += elements;
        all.join(range);
        range.samples().forEach(this::add);
        steps.forEach((place, step) -> step.add(range.steps().getOrDefault(place, new RangeFacts()), elements));
    }

    /** Of a block there is one strip, or two parts of it where rows end in it: their order does not show in a sum. */
    private void add(SampledStrip sample) {
        if (sampled == 0) {
            changed = new long[plan.experts().size()];
            kept = new long[plan.experts().size()];
            products = new double[plan.blocks()];
            squares = new double[plan.blocks()];
        }
        sampled += sample.elements();
        sample.addDensities(changed, kept);
        products[sample.block()] += sample.product();
        squares[sample.block()] += sample.square();
        updated += sample.updated();
        unwritten += sample.unwritten();
    }

    /** The facts, as far as the tensor has been merged. */
    synchronized TensorFacts facts() {
        List<TensorFacts.NonFinite> inputs = new ArrayList<>();
        all.nonFinite().forEach((place, found) -> inputs.add(found.of(plan.label(place))));
        Map<String, TensorFacts> ofSteps = new LinkedHashMap<>();
        steps.forEach((place, step) -> {
            TensorFacts found = step.facts();
            inputs.addAll(found.nonFinite());
            ofSteps.put(plan.fusedAt(place).step(), found);
        });
        return new TensorFacts(
                plan.output().name(), merged, inputs, all.overflow(), densities(), updateFacts(), ofSteps);
    }

    private List<TensorFacts.Density> densities() {
        List<TensorFacts.Density> densities = new ArrayList<>();
        for (int expert = 0; expert < changed.length; expert++) {
            OptionalDouble requested = requestedDensity(plan, expert);
            if (requested.isPresent()) {
                densities.add(new TensorFacts.Density(
                        plan.label(expert + (plan.base().isPresent() ? 1 : 0)),
                        requested.getAsDouble(),
                        (double) changed[expert] / sampled,
                        (double) kept[expert] / sampled,
                        plan.output().elements()));
            }
        }
        return densities;
    }

    private Optional<TensorFacts.Update> updateFacts() {
        double product = 0;
        double square = 0;
        for (int block = 0; block < products.length; block++) {
            product += products[block];
            square += squares[block];
        }
        double scale = (double) plan.output().elements() / sampled;
        return square > 0
                ? Optional.of(new TensorFacts.Update(product / square, (double) unwritten / updated, square * scale))
                : Optional.empty();
    }

    /** Which operation of an expert thins its delta out, or −1. */
    static int thinning(MergedTensor plan, int expert) {
        List<TileOp> chain = plan.recipe().operations().get(expert);
        for (int i = 0; i < chain.size(); i++) {
            if (chain.get(i).requestedDensity().isPresent()) {
                return i;
            }
        }
        return -1;
    }

    private static OptionalDouble requestedDensity(MergedTensor plan, int expert) {
        int at = thinning(plan, expert);
        return at < 0
                ? OptionalDouble.empty()
                : plan.recipe().operations().get(expert).get(at).requestedDensity();
    }
}
