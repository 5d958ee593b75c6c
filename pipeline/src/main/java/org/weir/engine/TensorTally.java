package org.weir.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.weir.plan.MergedTensor;
import org.weir.stage.Strip;
import org.weir.stage.TileOp;

/**
 * Collects the {@link TensorFacts} of a tensor from all workers that are at it. Counts are integers, and sums are kept per
 * block until the end, so neither threads nor tiles show.
 */
final class TensorTally {

    private record Found(long nans, long infinities, long first) {
        Found plus(Found more) {
            return new Found(nans + more.nans, infinities + more.infinities, Math.min(first, more.first));
        }
    }

    private final MergedTensor plan;
    private final Map<Integer, Found> nonFinite = new TreeMap<>();
    private Optional<TensorFacts.Overflow> overflow = Optional.empty();
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
    }

    synchronized void merged(long elements) {
        merged += elements;
    }

    /** Counts what is not finite in an input's elements, and marks where. */
    void input(int place, float[] x, int n, long firstElement, boolean[] marks) {
        long nans = 0;
        long infinities = 0;
        long first = Long.MAX_VALUE;
        for (int i = 0; i < n; i++) {
            if (!Float.isFinite(x[i])) {
                nans += Float.isNaN(x[i]) ? 1 : 0;
                infinities += Float.isNaN(x[i]) ? 0 : 1;
                first = Math.min(first, firstElement + i);
                marks[i] = true;
            }
        }
        if (first < Long.MAX_VALUE) {
            add(place, new Found(nans, infinities, first));
        }
    }

    private synchronized void add(int place, Found found) {
        nonFinite.merge(place, found, Found::plus);
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
            add(new TensorFacts.Overflow(elements, first));
        }
    }

    private synchronized void add(TensorFacts.Overflow more) {
        overflow = Optional.of(overflow.map(before -> new TensorFacts.Overflow(
                        before.elements() + more.elements(), Math.min(before.first(), more.first())))
                .orElse(more));
    }

    synchronized boolean inputsFinite() {
        return nonFinite.isEmpty();
    }

    /** Index of the first element of an input that was found so far, or −1. */
    synchronized long firstNonFinite() {
        return nonFinite.values().stream().mapToLong(Found::first).min().orElse(-1);
    }

    synchronized Optional<TensorFacts.Overflow> overflow() {
        return overflow;
    }

    /** Takes in how many elements of an expert's sampled strip were not zero before and after thinning it out. */
    synchronized void density(int expert, long changedElements, long keptElements) {
        if (changed.length == 0) {
            changed = new long[plan.experts().size()];
            kept = new long[plan.experts().size()];
        }
        changed[expert] += changedElements;
        kept[expert] += keptElements;
    }

    synchronized void sampled(long elements) {
        sampled += elements;
    }

    /** Takes in the sampled strip of a block: the exact update, and what was written to where the base had been. */
    void update(Strip base, float[] exact, float[] written) {
        double product = 0;
        double square = 0;
        long some = 0;
        long none = 0;
        for (int i = 0; i < base.length(); i++) {
            double u = exact[i];
            double w = (double) written[i] - base.values()[i];
            if (u != 0 && Double.isFinite(u) && Double.isFinite(w)) {
                product += w * u;
                square += u * u;
                some++;
                none += w == 0 ? 1 : 0;
            }
        }
        add(base.block() - plan.firstBlock(), product, square, some, none);
    }

    private synchronized void add(int block, double product, double square, long some, long none) {
        if (products.length == 0) {
            products = new double[plan.blocks()];
            squares = new double[plan.blocks()];
        }
        products[block] = product;
        squares[block] = square;
        updated += some;
        unwritten += none;
    }

    /** The facts, as far as the tensor has been merged. */
    synchronized TensorFacts facts() {
        List<TensorFacts.NonFinite> inputs = new ArrayList<>();
        nonFinite.forEach((place, found) -> inputs.add(
                new TensorFacts.NonFinite(plan.label(place), found.nans(), found.infinities(), found.first())));
        return new TensorFacts(plan.output().name(), merged, inputs, overflow, densities(), updateFacts());
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
