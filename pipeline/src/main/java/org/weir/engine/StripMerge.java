package org.weir.engine;

import java.util.List;
import org.weir.plan.MergedTensor;
import org.weir.simd.Codec;
import org.weir.simd.Kernels;
import org.weir.stage.Fold;
import org.weir.stage.Stage;
import org.weir.stage.Strip;
import org.weir.stage.TileOp;

/** Merges a tensor strip by strip, one stage after the other. The worker's strips say which elements are meant. */
final class StripMerge {

    private final TensorRun run;
    private final MergedTensor plan;
    private final Kernels kernels;
    private final Narrowing narrowing;
    private final List<Codec> codecs;

    /** @param codecs of the inputs, the base first */
    StripMerge(TensorRun run, Narrowing narrowing, List<Codec> codecs) {
        this.run = run;
        this.plan = run.plan();
        this.kernels = narrowing.kernels();
        this.narrowing = narrowing;
        this.codecs = codecs;
    }

    Kernels kernels() {
        return kernels;
    }

    /** Widens the base's elements of a strip, if the recipe has a base. */
    void widenBase(Strip strip, Worker worker) {
        if (plan.base().isPresent()) {
            widen(0, strip, worker);
        }
    }

    /** Widens an expert's elements of a strip and runs its first {@code count} operations. */
    void widenExpert(int expert, Strip strip, Strip base, int count, Worker worker) {
        widen(run.inputOf(expert), strip, worker);
        List<TileOp> chain = run.operations(expert, worker);
        for (int i = 0; i < count; i++) {
            apply(chain.get(i), expert, strip, base, worker);
        }
    }

    /** Has the strips of all experts, as their operations leave them, in the first lanes. */
    void widenAll(Worker worker) {
        for (int expert = 0; expert < run.experts(); expert++) {
            Strip strip = worker.expert;
            int all = run.operations(expert, worker).size();
            widenExpert(expert, strip, worker.base, all, worker);
            System.arraycopy(strip.values(), 0, worker.lanes[expert], 0, strip.length());
        }
    }

    private void apply(TileOp operation, int expert, Strip strip, Strip base, Worker worker) {
        operation.apply(strip, base, kernels);
        clock(operation, expert, strip.length(), worker.meter);
    }

    /** Books the time of a stage that has just dealt with elements of an expert. */
    void clock(Stage stage, int expert, int elements, StageMeter meter) {
        long width = codecs.get(run.inputOf(expert)).bytesPerElement();
        meter.stage(stage.label(), elements, elements * width);
    }

    private void widen(int input, Strip strip, Worker worker) {
        Codec codec = codecs.get(input);
        long offsetBytes = (strip.firstElement() - worker.firstElement) * codec.bytesPerElement();
        codec.widen(worker.input(input), offsetBytes, strip.values(), strip.length());
        worker.meter.stage("widen", strip.length(), (long) strip.length() * codec.bytesPerElement());
    }

    /**
     * Makes the output of one strip, and narrows it into the worker's tile at the given place.
     *
     * @param sampled whether to count on the way what becomes of the experts' changes
     */
    void merge(Worker worker, long tileOffsetBytes, boolean sampled) {
        Strip base = worker.base;
        Strip strip = worker.expert;
        StageMeter meter = worker.meter;
        Fold fold = run.fold();
        int n = strip.length();
        if (sampled) {
            worker.found.begin(new SampledStrip(plan, strip.block() - plan.firstBlock(), n));
        }
        widenBase(base, worker);
        fold.begin(worker.lanes, n);
        meter.stage(fold.label(), 0, 0);
        for (int expert = 0; expert < run.experts(); expert++) {
            if (sampled) {
                sampleExpert(expert, strip, base, worker);
            } else {
                int all = run.operations(expert, worker).size();
                widenExpert(expert, strip, base, all, worker);
            }
            fold.accept(expert, strip, worker.lanes, kernels);
            clock(fold, expert, n, meter);
        }
        fold.finish(strip, worker.lanes, kernels);
        meter.stage(fold.label(), 0, 0);
        finish(worker, tileOffsetBytes, sampled);
    }

    /** Makes the output of what the fold has left in the first lane. */
    private void finish(Worker worker, long tileOffsetBytes, boolean sampled) {
        float[] result = worker.lanes[0];
        Strip strip = worker.expert;
        StageMeter meter = worker.meter;
        int n = strip.length();
        long outputBytes = (long) n * narrowing.codec().bytesPerElement();
        float factor = (float) plan.recipe().factor();
        if (factor != 1) {
            kernels.scale(result, factor, n);
            meter.stage("scale", n, outputBytes);
        }
        if (sampled) {
            System.arraycopy(result, 0, strip.values(), 0, n);
        }
        if (plan.recipe().ontoBase()) {
            kernels.addBase(result, worker.base.values(), n);
            meter.stage("add base", n, outputBytes);
        }
        narrowing.narrow(result, n, strip.firstElement(), worker.tile, tileOffsetBytes);
        meter.stage("narrow", n, outputBytes);
        if (sampled) {
            sampleUpdate(worker, tileOffsetBytes);
            meter.stage("sample", n, outputBytes);
        }
    }

    /** Widens an expert's strip and runs all operations; counts what its thinning out leaves of it. */
    private void sampleExpert(int expert, Strip strip, Strip base, Worker worker) {
        int thinning = TensorTally.thinning(plan, expert);
        List<TileOp> chain = run.operations(expert, worker);
        widenExpert(expert, strip, base, Math.max(0, thinning), worker);
        for (int i = Math.max(0, thinning); i < chain.size(); i++) {
            long changed = i == thinning ? kernels.countNonZero(strip.values(), strip.length()) : 0;
            apply(chain.get(i), expert, strip, base, worker);
            if (i == thinning) {
                worker.found.sample().density(expert, changed, kernels.countNonZero(strip.values(), strip.length()));
            }
        }
    }

    /** Compares what was written with the update before it was added to the base, which the expert's strip holds. */
    private void sampleUpdate(Worker worker, long tileOffsetBytes) {
        int n = worker.base.length();
        if (plan.recipe().ontoBase()) {
            float[] written = worker.lanes[0];
            narrowing.codec().widen(worker.tile, tileOffsetBytes, written, n);
            worker.found.sample().update(worker.base, worker.expert.values(), written);
        }
    }
}
