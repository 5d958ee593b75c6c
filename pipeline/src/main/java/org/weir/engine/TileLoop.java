package org.weir.engine;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.weir.checkpoint.DType;
import org.weir.checkpoint.MappedTensor;
import org.weir.checkpoint.PageCache;
import org.weir.checkpoint.TensorInfo;
import org.weir.plan.Codecs;
import org.weir.plan.CopiedTensor;
import org.weir.plan.Exactness.Rounding;
import org.weir.plan.MergePlan;
import org.weir.simd.Codec;
import org.weir.simd.CounterRandom;
import org.weir.simd.Kernels;
import org.weir.stage.Extent;
import org.weir.stage.Scope;
import org.weir.stage.Strip;

/** What a worker does with one piece of work, and the clock that says what took how long; the only caller of stages. */
final class TileLoop {

    /** A tensor of up to this size is not dropped from the page cache while it is surveyed and merged. */
    private static final long REREAD_BYTES = 64_000_000;

    private final int tileElements;
    private final int tableEntries;
    private final int windowElements;
    private final boolean drops;
    private final Throttle readLimit;
    private final TileSink sink;
    private final Kernels kernels;
    private final boolean stochastic;
    private final long seed;

    TileLoop(MergePlan plan, TileSink sink, Kernels kernels) {
        this.tileElements = plan.memory().tileElements();
        this.tableEntries = plan.memory().tableEntries();
        this.windowElements = plan.memory().windows().surveyElements();
        this.drops = plan.options().sidecar().pageCache() == PageCache.DROP;
        this.readLimit = new Throttle(plan.options().sidecar().readLimit());
        this.sink = sink;
        this.kernels = kernels;
        this.stochastic = plan.options().exactness().rounding() == Rounding.STOCHASTIC;
        this.seed = plan.options().seed();
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
            long bytes = bytes(run, to - from);
            guarded(() -> read(run, from, to, worker), () -> sweep.show(run, worker, from, to));
            worker.meter.rest("survey", to - from, bytes);
            release(run, from, to, again, worker);
            shown += bytes;
            at = to < end ? first + sweep.next(block, (int) (to - first)) : end;
        }
        worker.meter.tileDone();
        return shown;
    }

    /** Merges and writes one tile. Returns the bytes read, once. */
    long merge(TensorRun run, long tile, Worker worker) throws IOException {
        long atATime = run.elementsAtATime(tileElements, tableEntries);
        long first = tile * atATime;
        long end = Math.min(first + atATime, run.elements());
        if (run.worksByRow()) {
            surveyRows(run, first, end, worker);
        }
        for (long from = first; from < end; from += tileElements) {
            mergeWindow(run, from, Math.min(end, from + tileElements), worker);
        }
        worker.rowOperations = List.of();
        worker.meter.tileDone();
        return bytes(run, end - first);
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
            worker.meter.rest("survey", to - from, bytes(run, to - from));
            release(run, from, to, true, worker);
        }
        sweep.concludeRows(run, worker);
        worker.meter.rest("survey", 0, 0);
    }

    private void mergeWindow(TensorRun run, long first, long end, Worker worker) throws IOException {
        int width = run.outputWidthBytes();
        guarded(() -> read(run, first, end, worker), () -> run.merge(worker, first, end));
        worker.meter.rest("merge", end - first, bytes(run, end - first));
        if (run.finite().mustFail()) {
            throw nonFinite(run, worker);
        }
        write(run.index(), first * width, (end - first) * width, end - first, worker);
        release(run, first, end, false, worker);
    }

    /** Goes over the tensor again up to where something was found: whoever is at what comes before may not be there yet. */
    private NonFiniteException nonFinite(TensorRun run, Worker worker) throws IOException {
        List<NonFiniteException> found = new ArrayList<>();
        long end = run.finite().end();
        for (long at = 0; at < end && found.isEmpty(); at += tileElements) {
            long from = at;
            long to = Math.min(end, from + tileElements);
            guarded(
                    () -> read(run, from, to, worker),
                    () -> run.finite().first(worker, from, to).ifPresent(found::add));
            run.release(from, to, worker);
        }
        return found.isEmpty() ? run.finite().overflow() : found.getFirst();
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

    /** Narrows and writes consecutive elements of an output, tile by tile. */
    void write(int index, TensorInfo output, long first, float[] values, int count, Worker worker) throws IOException {
        Codec codec = Codecs.of(output.dtype(), kernels).orElseThrow();
        float[] strip = worker.expert.values();
        int width = codec.bytesPerElement();
        for (int done = 0; done < count; done += tileElements) {
            int n = Math.min(tileElements, count - done);
            for (int i = 0; i < n; i += Strip.ELEMENTS) {
                int length = Math.min(Strip.ELEMENTS, n - i);
                System.arraycopy(values, done + i, strip, 0, length);
                if (stochastic) {
                    round(output, strip, length, first + done + i);
                }
                codec.narrow(strip, length, worker.tile, (long) i * width);
            }
            write(index, (first + done) * width, (long) n * width, n, worker);
            worker.meter.tileDone();
        }
    }

    private void round(TensorInfo output, float[] values, int n, long first) {
        CounterRandom random = CounterRandom.ofResult(seed, output.name());
        if (output.dtype() == DType.BF16) {
            kernels.roundToBf16(values, n, random, first);
        } else if (output.dtype() == DType.F16) {
            kernels.roundToF16(values, n, random, first);
        }
    }

    private void read(TensorRun run, long first, long end, Worker worker) throws IOException {
        long bytes = bytes(run, end - first);
        readLimit.take(bytes);
        run.read(first, end, worker);
        worker.meter.lap(StageTime.PREFAULT, end - first, bytes);
    }

    private void write(int tensor, long offsetBytes, long lengthBytes, long elements, Worker worker)
            throws IOException {
        sink.write(tensor, offsetBytes, worker.tile.asSlice(0, lengthBytes));
        worker.meter.lap(StageTime.WRITE, elements, lengthBytes);
    }

    /** Copies one window of a tensor that is not merged. Returns the bytes read. */
    long copy(int index, CopiedTensor tensor, long window, Worker worker) throws IOException {
        MappedTensor source = tensor.source();
        long from = window * tileElements;
        long length = Math.min(tileElements, source.info().bytes() - from);
        StageMeter meter = worker.meter;
        guarded(
                () -> {
                    readLimit.take(length);
                    worker.read(0, source, from, length);
                    meter.lap(StageTime.PREFAULT, 0, length);
                },
                () -> MemorySegment.copy(worker.input(0), 0, worker.tile, 0, length));
        meter.lap("copy", 0, length);
        write(index, from, length, 0, worker);
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

    private static long bytes(TensorRun run, long elements) {
        long bytes = 0;
        for (MappedTensor input : (Iterable<MappedTensor>) run.plan().inputs()::iterator) {
            bytes += elements * input.info().dtype().bits() / Byte.SIZE;
        }
        return bytes;
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
