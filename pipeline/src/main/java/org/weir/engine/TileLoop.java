package org.weir.engine;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.weir.checkpoint.MappedTensor;
import org.weir.checkpoint.PageCache;
import org.weir.checkpoint.TensorInfo;
import org.weir.plan.Codecs;
import org.weir.plan.CopiedTensor;
import org.weir.plan.MergeOptions;
import org.weir.plan.MergePlan;
import org.weir.simd.Codec;
import org.weir.simd.Kernels;
import org.weir.stage.Extent;
import org.weir.stage.Scope;
import org.weir.stage.Strip;

/** What a worker does with one piece of work, and the clock that says what took how long; the only caller of stages. */
final class TileLoop {

    /** A tensor of up to this size is not dropped from the page cache while it is surveyed and merged. */
    private static final long REREAD_BYTES = 64_000_000;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final int tileElements;
    private final int tableEntries;
    private final int windowElements;
    private final boolean drops;
    private final Throttle readLimit;
    private final Throttle writeLimit;
    private final TileSink sink;
    private final Kernels kernels;
    private final MergeOptions options;
    private final LongAdder writtenBytes;

    /**
     * @param writtenBytes is told what was written
     * @param stopped whether nobody wants the rest any more
     */
    TileLoop(MergePlan plan, TileSink sink, Kernels kernels, LongAdder writtenBytes, BooleanSupplier stopped) {
        this.tileElements = plan.memory().tileElements();
        this.tableEntries = plan.memory().tableEntries();
        this.windowElements = plan.memory().windows().surveyElements();
        this.drops = plan.options().sidecar().pageCache() == PageCache.DROP;
        this.readLimit = new Throttle(plan.options().sidecar().readLimit(), stopped);
        this.writeLimit = new Throttle(plan.options().sidecar().writeLimit(), stopped);
        this.sink = sink;
        this.kernels = kernels;
        this.options = plan.options();
        this.writtenBytes = writtenBytes;
    }

    /** How many tiles a tensor has. */
    long tiles(TensorRun run) {
        return Math.ceilDiv(run.elements(), run.elementsAtATime(tileElements, tableEntries));
    }

    /** How many windows, of as many bytes as a tile has elements, a copied tensor has. */
    long windows(CopiedTensor tensor) {
        return Math.ceilDiv(tensor.source().info().bytes(), (long) tileElements);
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
            guarded(() -> read(run, from, to, worker), () -> sweep.show(run, worker, from, to));
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
        return isFinished(run.index(), run.plan().output());
    }

    boolean isFinished(int tensor, TensorInfo output) {
        return sink.firstMissing(tensor, 0, output.bytes()) == output.bytes();
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
        if (sink.firstMissing(run.index(), first * width, end * width) == end * width) {
            return 0;
        }
        if (run.worksByRow()) {
            surveyRows(run, first, end, worker);
        }
        long read = 0;
        for (long from = first; from < end; from += tileElements) {
            long to = Math.min(end, from + tileElements);
            read += eachMissing(
                    run.index(),
                    from * width,
                    to * width,
                    (at, until) -> mergeRange(run, at / width, until / width, worker));
        }
        worker.rowOperations = List.of();
        worker.meter.tileDone();
        return read;
    }

    /** What is done with a range of a tensor of the output, in bytes. */
    private interface Piece {
        long of(long begin, long end) throws IOException;
    }

    private long eachMissing(int tensor, long begin, long end, Piece piece) throws IOException {
        long read = 0;
        for (long at = sink.firstMissing(tensor, begin, end); at < end; at = sink.firstMissing(tensor, at, end)) {
            long to = sink.missingUntil(tensor, at, end);
            read += piece.of(at, to);
            at = to;
        }
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
            guarded(() -> read(run, from, to, worker), () -> sweep.show(run, worker, from, to));
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
        guarded(() -> read(run, first, end, true, worker), () -> run.ranges().merge(worker, first, end, true));
        worker.meter.rest("merge", end - first, bytes);
        if (run.finite().mustFail(worker.found)) {
            throw nonFinite(run, worker);
        }
        write(run.index(), first * width, (end - first) * width, end - first, worker.found.bytes(), worker);
        run.finished(end - first, worker.found);
        release(run, first, end, false, worker);
        return bytes;
    }

    /** Goes over the tensor again up to where something was found: whoever is at what comes before may not be there yet. */
    private NonFiniteException nonFinite(TensorRun run, Worker worker) throws IOException {
        List<NonFiniteException> found = new ArrayList<>();
        long end = worker.found.firstNonFinite() + 1;
        for (long at = 0; at < end && found.isEmpty(); at += tileElements) {
            long from = at;
            long to = Math.min(end, from + tileElements);
            guarded(
                    () -> read(run, from, to, worker),
                    () -> run.finite().first(worker, from, to).ifPresent(found::add));
            run.release(from, to, worker);
        }
        return found.isEmpty() ? run.finite().overflow(worker.found.overflow().orElseThrow()) : found.getFirst();
    }

    /**
     * Widens consecutive elements of one input, for work on whole matrices; any number of them.
     *
     * @return the bytes read
     */
    long widen(MappedTensor tensor, long first, int count, float[] to, int at, Worker worker) throws IOException {
        Codec codec = Codecs.of(tensor.info().dtype(), kernels).orElseThrow();
        int width = codec.bytesPerElement();
        for (int done = 0; done < count; done += windowElements) {
            int from = done;
            int n = Math.min(windowElements, count - done);
            long fromByte = (first + from) * width;
            guarded(
                    () -> {
                        readLimit.take((long) n * width);
                        worker.read(0, tensor, fromByte, (long) n * width);
                    },
                    () -> widenWindow(codec, n, to, at + from, worker));
            worker.release(tensor, fromByte, (long) n * width);
        }
        long bytes = (long) count * width;
        worker.meter.lap(StageTime.PREFAULT, count, bytes);
        return bytes;
    }

    private static void widenWindow(Codec codec, int n, float[] to, int at, Worker worker) {
        float[] strip = worker.expert.values();
        for (int i = 0; i < n; i += Strip.ELEMENTS) {
            int length = Math.min(Strip.ELEMENTS, n - i);
            codec.widen(worker.input(0), (long) i * codec.bytesPerElement(), strip, length);
            System.arraycopy(strip, 0, to, at + i, length);
        }
    }

    /**
     * Narrows and writes what is missing of consecutive elements of an output, tile by tile. What the worker has found of
     * the inputs goes with the first of them.
     *
     * @param marked whether results that are not finite are the inputs' fault, or nobody asks
     * @param tally is told what is finished
     */
    void write(
            int index,
            TensorInfo output,
            long first,
            float[] values,
            int count,
            boolean marked,
            SolvedTally tally,
            Worker worker)
            throws IOException {
        Narrowing narrowing = Narrowing.of(output, options, kernels);
        int width = narrowing.codec().bytesPerElement();
        RangeFacts ofInputs = worker.found;
        for (int done = 0; done < count; done += tileElements) {
            long begin = first + done;
            long end = begin + Math.min(tileElements, count - done);
            eachMissing(index, begin * width, end * width, (from, to) -> {
                int n = (int) ((to - from) / width);
                long at = from / width;
                worker.found = at == first ? ofInputs : new RangeFacts();
                narrow(narrowing, values, (int) (at - first), n, at, marked, worker);
                write(index, from, to - from, n, worker.found.bytes(), worker);
                tally.add(worker.found, n);
                return 0;
            });
            worker.meter.tileDone();
        }
    }

    /** Has values in the worker's tile as elements of an output, and counts those that are beyond what it holds. */
    private static void narrow(
            Narrowing narrowing, float[] values, int from, int count, long first, boolean marked, Worker worker) {
        Codec codec = narrowing.codec();
        float[] strip = worker.expert.values();
        Arrays.fill(worker.marks, marked);
        for (int i = 0; i < count; i += Strip.ELEMENTS) {
            int n = Math.min(Strip.ELEMENTS, count - i);
            long offsetBytes = (long) i * codec.bytesPerElement();
            System.arraycopy(values, from + i, strip, 0, n);
            narrowing.narrow(strip, n, first + i, worker.tile, offsetBytes);
            if (!codec.allFinite(worker.tile, offsetBytes, n)) {
                codec.widen(worker.tile, offsetBytes, strip, n);
                worker.found.output(strip, n, first + i, worker.marks);
            }
        }
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
        run.read(first, end, worker);
        worker.meter.lap(StageTime.PREFAULT, end - first, bytes);
    }

    /** Makes the elements of a fused step where the tensor that is made of them reads them. */
    private void compute(TensorRun step, long first, long end, boolean last, Worker worker) throws IOException {
        worker.found = new RangeFacts();
        guarded(() -> read(step, first, end, last, worker), () -> step.ranges().merge(worker, first, end, last));
        worker.meter.rest("fused step", end - first, bytesOf(step, end - first));
        if (step.finite().mustFail(worker.found)) {
            throw nonFinite(step, worker);
        }
        release(step, first, end, false, worker);
    }

    private void write(int tensor, long offsetBytes, long lengthBytes, long elements, ByteBuffer found, Worker worker)
            throws IOException {
        writeLimit.take(lengthBytes);
        sink.write(tensor, offsetBytes, worker.tile.asSlice(0, lengthBytes), found);
        writtenBytes.add(lengthBytes);
        worker.meter.lap(StageTime.WRITE, elements, lengthBytes);
    }

    /** Copies what is missing of one window of a tensor that is not merged. Returns the bytes read. */
    long copy(int index, CopiedTensor tensor, long window, Worker worker) throws IOException {
        long from = window * tileElements;
        return eachMissing(
                index,
                from,
                from + bytes(tensor, window),
                (begin, to) -> copyRange(index, tensor.source(), begin, to - begin, worker));
    }

    /** Bytes of input that a window of a copied tensor is. */
    long bytes(CopiedTensor tensor, long window) {
        return Math.min(tileElements, tensor.source().info().bytes() - window * tileElements);
    }

    private long copyRange(int index, MappedTensor source, long from, long length, Worker worker) throws IOException {
        StageMeter meter = worker.meter;
        guarded(
                () -> {
                    readLimit.take(length);
                    worker.read(0, source, from, length);
                    meter.lap(StageTime.PREFAULT, 0, length);
                },
                () -> MemorySegment.copy(worker.input(0), 0, worker.tile, 0, length));
        meter.lap("copy", 0, length);
        write(index, from, length, 0, NOTHING, worker);
        worker.release(source, from, length);
        if (drops) {
            source.forget(from, length);
        }
        meter.lap(StageTime.RELEASE, 0, 0);
        meter.tileDone();
        return length;
    }

    private void release(TensorRun run, long first, long end, boolean again, Worker worker) {
        run.release(first, end, worker);
        if (drops && !again) {
            run.forget(first, end);
        }
        worker.meter.lap(StageTime.RELEASE, end - first, 0);
    }

    private static long bytesOf(TensorRun run, long elements) {
        return run.plan().readBytes(elements);
    }

    /** What reads input, and what checks again that it is there. */
    private interface Reading {
        void run() throws IOException;
    }

    /**
     * A file that shrinks between the check of its pages and their use shows as an InternalError, late: all that was
     * computed is then garbage. Checking the pages again finds out which file it was.
     */
    private static void guarded(Reading check, Reading body) throws IOException {
        check.run();
        try {
            body.run();
        } catch (InternalError e) {
            check.run();
            throw new IOException("an input could not be read while it was being merged", e);
        }
    }
}
