package org.weir.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.weir.checkpoint.DType;
import org.weir.checkpoint.MappedTensor;
import org.weir.plan.Codecs;
import org.weir.plan.MergeOptions;
import org.weir.plan.MergedTensor;
import org.weir.simd.Bf16Fusion;
import org.weir.simd.Codec;
import org.weir.simd.Kernels;
import org.weir.stage.Delta;
import org.weir.stage.Extent;
import org.weir.stage.Fold;
import org.weir.stage.RowDropout;
import org.weir.stage.Scope;
import org.weir.stage.TileOp;

/** One tensor being merged: its operations, which surveys make ready step by step, and what works on it. */
final class TensorRun {

    private static final int NONE = -1;
    private static final Kernels PLAIN = Kernels.scalar();

    private final int index;
    private final MergedTensor plan;
    private final Codec output;
    /** Whether some operation has to see whole rows just before they are merged. */
    private final boolean byRow;

    private final boolean fusable;
    private final TensorTally tally;
    private final FiniteCheck finite;
    private final StripMerge strips;
    private final RangeMerge ranges;
    /** Those that compute inputs of this one, by the input's number. */
    private final SortedMap<Integer, TensorRun> steps;

    private final RunInputs inputs;
    /** Per expert; replaced by the thread that leads the merge while no worker is at this tensor. */
    private final List<List<TileOp>> operations = new ArrayList<>();

    private Fold fold;
    private int readingsLeft;

    /** @param staged whether every operation is to run by itself, where one loop could do several */
    TensorRun(int index, MergedTensor plan, MergeOptions options, Kernels kernels, boolean staged) {
        this.index = index;
        this.plan = plan;
        Narrowing narrowing = Narrowing.of(plan.output(), options, kernels);
        this.output = narrowing.codec();
        List<MappedTensor> tensors = plan.inputs().toList();
        List<Codec> codecs = Codecs.of(tensors, kernels);
        this.tally = new TensorTally(plan);
        this.strips = new StripMerge(this, narrowing, codecs);
        this.finite = new FiniteCheck(plan, codecs, output, options.exactness().nonFinite());
        this.fusable = !staged
                && narrowing.random().isEmpty()
                && Bf16Fusion.isTwinOf(kernels)
                && plan.output().dtype() == DType.BF16
                && tensors.stream().allMatch(input -> input.info().dtype() == DType.BF16);
        this.ranges = new RangeMerge(this, fusable, strips, fusable ? leftovers(tensors, options) : strips);
        this.readingsLeft = plan.readings();
        this.fold = plan.recipe().fold();
        operations.addAll(plan.recipe().operations());
        this.byRow = IntStream.range(0, experts()).anyMatch(expert -> waitingAt(expert, Scope.ROW) >= 0);
        finite.expect(operations);
        this.steps = steps(plan, options, kernels, staged);
        this.inputs = new RunInputs(tensors, codecs, plan.views(), steps.keySet());
    }

    private SortedMap<Integer, TensorRun> steps(
            MergedTensor of, MergeOptions options, Kernels kernels, boolean staged) {
        if (of.fused().isEmpty()) {
            return Collections.emptySortedMap();
        }
        SortedMap<Integer, TensorRun> runs = new TreeMap<>();
        of.fused()
                .forEach((input, step) ->
                        runs.put(input, new TensorRun(index, step.tensor(), options, kernels, staged)));
        return runs;
    }

    /**
     * Merges the few strips that are left over where all else is fused: by plain loops, because loops over vectors would
     * be compiled just for them.
     */
    private StripMerge leftovers(List<MappedTensor> tensors, MergeOptions options) {
        return new StripMerge(this, Narrowing.of(plan.output(), options, PLAIN), Codecs.of(tensors, PLAIN));
    }

    /** Those that compute inputs of this one tile by tile, by the input's number. */
    SortedMap<Integer, TensorRun> steps() {
        return steps;
    }

    int index() {
        return index;
    }

    MergedTensor plan() {
        return plan;
    }

    long elements() {
        return plan.output().elements();
    }

    int outputWidthBytes() {
        return output.bytesPerElement();
    }

    Extent extent() {
        return new Extent(plan.firstBlock(), plan.blocks(), elements());
    }

    int experts() {
        return plan.experts().size();
    }

    /** Whether some operation has to see the whole tensor, or model, next; or the fold, which asks after them. */
    boolean waitsFor(Scope scope) {
        for (int expert = 0; expert < experts(); expert++) { // no stream: it is asked of every tensor
            if (waitingAt(expert, scope) >= 0) {
                return true;
            }
        }
        return scope == Scope.TENSOR && elements() > 0 && !fold.ready();
    }

    /** Readings of the plan that are still to come, the one that makes the output included. */
    int readingsLeft() {
        return readingsLeft;
    }

    /** Says that a sweep has gone over the tensor. Data may ask for one more than planned. */
    void swept() {
        readingsLeft = Math.max(1, readingsLeft - 1);
    }

    /**
     * Which operation of an expert waits for a survey of that scope; only the first that waits is asked. Where there are
     * no elements there is nothing to wait for.
     */
    int waitingAt(int expert, Scope scope) {
        if (elements() == 0) {
            return NONE;
        }
        List<TileOp> chain = operations.get(expert);
        for (int i = 0; i < chain.size(); i++) {
            if (!chain.get(i).ready()) {
                return chain.get(i).scope() == scope ? i : NONE;
            }
        }
        return NONE;
    }

    /** Whether some operation has to see whole rows just before they are merged. */
    boolean worksByRow() {
        return byRow;
    }

    /** How many elements to merge at a time: a tile, or as many whole rows as fit into it and into tables, at least one. */
    long elementsAtATime(int tileElements, int tableEntries) {
        if (!byRow) {
            return tileElements;
        }
        long row = plan.output().shape().dims().isEmpty()
                ? 1
                : plan.output().shape().dims().getLast();
        int fitting = Math.min(tileElements, RowDropout.mostSorted(tableEntries / experts()));
        return Math.max(1, fitting / row) * row;
    }

    /** The operations of each expert, with one of them replaced. */
    static List<List<TileOp>> replaced(List<List<TileOp>> all, int expert, int position, TileOp operation) {
        List<TileOp> chain = new ArrayList<>(all.get(expert));
        chain.set(position, operation);
        List<List<TileOp>> replaced = new ArrayList<>(all);
        replaced.set(expert, List.copyOf(chain));
        return replaced;
    }

    List<List<TileOp>> operations() {
        return operations;
    }

    TileOp operation(int expert, int position) {
        return operations.get(expert).get(position);
    }

    void replace(int expert, int position, TileOp operation) {
        List<TileOp> chain = new ArrayList<>(operations.get(expert));
        chain.set(position, operation);
        operations.set(expert, List.copyOf(chain));
        finite.expect(operations);
    }

    Fold fold() {
        return fold;
    }

    /** By the thread that leads the merge, like the operations. */
    void replace(Fold measured) {
        fold = measured;
    }

    /** Lets go of what fold and operations learnt about the tensor, once that is merged: it can be a number per row. */
    void forgetSurveys() {
        fold = plan.recipe().fold();
        operations.clear();
        operations.addAll(plan.recipe().operations());
    }

    /** What is read for it. */
    RunInputs inputs() {
        return inputs;
    }

    /** The operations on an expert's elements that a worker is at. */
    List<TileOp> operations(int expert, Worker worker) {
        return worker.rowOperations.isEmpty() ? operations.get(expert) : worker.rowOperations.get(expert);
    }

    /** Where an expert's tensor is among the inputs. */
    int inputOf(int expert) {
        return expert + (plan.base().isPresent() ? 1 : 0);
    }

    /** Whether there are fused loops for its dtypes. */
    boolean isFusable() {
        return fusable && !byRow;
    }

    /** Whether what an expert's operation at this position sees is the plain difference of bf16 files. */
    boolean hasBf16Deltas(int expert, int position) {
        return fusable && position == 1 && operations.get(expert).getFirst() instanceof Delta;
    }

    /** Points the worker's strips to these elements, or as many as fit. */
    void move(Worker worker, long first, long end) {
        worker.base.moveTo(plan.firstBlock(), first, end);
        worker.expert.moveTo(plan.firstBlock(), first, end);
    }

    /** Takes in what was found out about elements that are finished now. */
    void finished(long elements, RangeFacts found) {
        tally.add(found, elements);
    }

    /** The same of a range that an earlier run has finished. */
    void finished(long bytes, ByteBuffer note) throws IOException {
        finished(bytes / output.bytesPerElement(), RangeFacts.read(note, plan));
    }

    FiniteCheck finite() {
        return finite;
    }

    /** What was found out about it on the way. */
    TensorFacts facts() {
        return tally.facts();
    }

    /** How strips of it are merged. */
    StripMerge strips() {
        return strips;
    }

    /** How ranges of its output are made. */
    RangeMerge ranges() {
        return ranges;
    }
}
