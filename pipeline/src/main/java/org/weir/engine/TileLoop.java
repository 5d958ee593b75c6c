package org.weir.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.weir.checkpoint.PageCache;
import org.weir.plan.MergePlan;
import org.weir.stage.Extent;
import org.weir.stage.Scope;
import org.weir.stage.Strip;

/** What a worker does with a piece of a merged tensor, by the clock: reads it, shows it to surveys, merges and writes it. */
final class TileLoop {

    /** A tensor of up to this size is not dropped from the page cache while it is surveyed and merged. */
    private static final long REREAD_BYTES = 64_000_000;

    private final int tileElements;
    private final int tableEntries;
    private final int windowElements;
    private final boolean drops;
    private final TileOutput output;
    private final Throttle readLimit;

    TileLoop(MergePlan plan, TileOutput output, Throttle readLimit) {
        this.tileElements = plan.memory().tileElements();
        this.tableEntries = plan.memory().tableEntries();
        this.windowElements = plan.memory().windows().surveyElements();
        this.drops = plan.options().sidecar().pageCache() == PageCache.DROP;
        this.output = output;
        this.readLimit = readLimit;
    }

    /** How many tiles a tensor has. */
    long tiles(TensorRun run) {
        return Math.ceilDiv(run.elements(), run.elementsAtATime(tileElements, tableEntries));
    }

    /** Shows one block of a tensor to a sweep's surveys. Returns the bytes read. */
    long survey(Sweep sweep, TensorRun run, int blockOfTensor, Worker worker) throws IOException {
        int block = run.plan().firstBlock() + blockOfTensor;
        long first = (long) blockOfTensor * Strip.BLOCK_ELEMENTS;
        long end = Math.min(first + Strip.BLOCK_ELEMENTS, run.elements());
        boolean whole = sweep.runLength() == Strip.ELEMENTS;
        long shown = 0;
        long at = first + sweep.next(block, 0);
        if (at >= end) {
            return 0;
        }
        worker.join(sweep);
        boolean again = sweep.isOfTensor() && run.plan().readBytes() <= REREAD_BYTES;
        while (at < end) {
            // a window is checked, then shown strip by strip; of a sample, only the run itself
            long from = at;
            long to = Math.min(end, from + (whole ? windowElements : sweep.runLength()));
            long bytes = bytesOf(run, to - from);
            Reading.guarded(() -> read(run, from, to, worker), () -> sweep.show(run, worker, from, to));
            worker.meter.rest("survey", to - from, bytes);
            release(run, from, to, again, worker);
            shown += bytes;
            at = to < end ? first + sweep.next(block, (int) (to - first)) : end;
        }
        worker.meter.tileDone();
        return shown;
    }

    /** Whether all of a tensor is there from an earlier run. */
    boolean isFinished(TensorRun run) {
        return output.isFinished(run.index(), run.plan().output());
    }

    /** Bytes of input that a tile is made from. */
    long bytes(TensorRun run, long tile) {
        long atATime = run.elementsAtATime(tileElements, tableEntries);
        return bytesOf(run, Math.min(atATime, run.elements() - tile * atATime));
    }

    /** Merges and writes what is missing of one tile. Returns the bytes read, once. */
    long merge(TensorRun run, long tile, Worker worker) throws IOException {
        long atATime = run.elementsAtATime(tileElements, tableEntries);
        long first = tile * atATime;
        long end = Math.min(first + atATime, run.elements());
        int width = run.outputWidthBytes();
        if (output.isFinished(run.index(), first * width, end * width)) {
            return 0;
        }
        if (run.worksByRow()) {
            surveyRows(run, first, end, worker);
        }
        long read = 0;
        for (long from = first; from < end; from += tileElements) {
            long to = Math.min(end, from + tileElements);
            read += output.eachMissing(
                    run.index(),
                    from * width,
                    to * width,
                    (at, until) -> mergeRange(run, at / width, until / width, worker));
        }
        worker.rowOperations = List.of();
        worker.meter.tileDone();
        return read;
    }

    /** Shows whole rows, which may be longer than a tile, to the operations that are to merge them. */
    private void surveyRows(TensorRun run, long first, long end, Worker worker) throws IOException {
        Extent rows = new Extent(run.plan().firstBlock(), run.plan().blocks(), end - first);
        Sweep sweep = Sweep.next(Scope.ROW, List.of(run), rows, tableEntries).orElseThrow();
        worker.join(sweep);
        for (long at = first; at < end; at += tileElements) {
            long from = at;
            long to = Math.min(end, from + tileElements);
            Reading.guarded(() -> read(run, from, to, worker), () -> sweep.show(run, worker, from, to));
            worker.meter.rest("survey", to - from, bytesOf(run, to - from));
            release(run, from, to, true, worker);
        }
        sweep.concludeRows(run, worker);
        worker.meter.rest("survey", 0, 0);
    }

    private long mergeRange(TensorRun run, long first, long end, Worker worker) throws IOException {
        int width = run.outputWidthBytes();
        long bytes = bytesOf(run, end - first);
        worker.found = new RangeFacts();
        Reading.guarded(
                () -> read(run, first, end, true, worker), () -> run.ranges().merge(worker, first, end, true));
        worker.meter.rest("merge", end - first, bytes);
        if (run.finite().mustFail(worker.found)) {
            throw nonFinite(run, worker);
        }
        output.write(run.index(), first * width, (end - first) * width, end - first, worker.found.bytes(), worker);
        run.finished(end - first, worker.found);
        release(run, first, end, false, worker);
        return bytes;
    }

    /** Goes over the tensor again up to where something was found: whoever is at what comes before may not be there yet. */
    private UnusableValueException nonFinite(TensorRun run, Worker worker) throws IOException {
        List<UnusableValueException> found = new ArrayList<>();
        long end = worker.found.firstNonFinite() + 1;
        for (long at = 0; at < end && found.isEmpty(); at += tileElements) {
            long from = at;
            long to = Math.min(end, from + tileElements);
            Reading.guarded(
                    () -> read(run, from, to, worker),
                    () -> run.finite().first(worker, from, to).ifPresent(found::add));
            run.inputs().release(from, to, worker);
        }
        return found.isEmpty() ? run.finite().overflow(worker.found.overflow().orElseThrow()) : found.getFirst();
    }

    private void read(TensorRun run, long first, long end, Worker worker) throws IOException {
        read(run, first, end, false, worker);
    }

    /** @param last whether it is for the output, so that fused steps are made here for the last time */
    private void read(TensorRun run, long first, long end, boolean last, Worker worker) throws IOException {
        int computed = 0;
        for (Map.Entry<Integer, TensorRun> each : run.steps().entrySet()) {
            Worker other = worker.computing(computed++, each.getKey());
            compute(each.getValue(), first, end, last, other);
            worker.found.step(each.getKey(), other.found);
        }
        long bytes = run.plan().ownBytes(end - first);
        readLimit.take(bytes);
        run.inputs().read(first, end, worker);
        worker.meter.lap(StageTime.PREFAULT, end - first, bytes);
    }

    /** Makes the elements of a fused step where the tensor that is made of them reads them. */
    private void compute(TensorRun step, long first, long end, boolean last, Worker worker) throws IOException {
        worker.found = new RangeFacts();
        Reading.guarded(
                () -> read(step, first, end, last, worker), () -> step.ranges().merge(worker, first, end, last));
        worker.meter.rest("fused step", end - first, bytesOf(step, end - first));
        if (step.finite().mustFail(worker.found)) {
            throw nonFinite(step, worker);
        }
        release(step, first, end, false, worker);
    }

    private void release(TensorRun run, long first, long end, boolean again, Worker worker) {
        run.inputs().release(first, end, worker);
        if (drops && !again) {
            run.inputs().forget(first, end);
        }
        worker.meter.lap(StageTime.RELEASE, end - first, 0);
    }

    private static long bytesOf(TensorRun run, long elements) {
        return run.plan().readBytes(elements);
    }
}
