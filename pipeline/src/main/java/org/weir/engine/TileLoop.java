package org.weir.engine;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.weir.checkpoint.MappedTensor;
import org.weir.checkpoint.PageCache;
import org.weir.plan.CopiedTensor;
import org.weir.plan.MergePlan;
import org.weir.stage.Strip;

/** What a worker does with one piece of work; the only caller of stages. */
final class TileLoop {

    /** A tensor of up to this size is not dropped from the page cache while it is surveyed and merged. */
    private static final long REREAD_BYTES = 64_000_000;

    private final int tileElements;
    private final int windowElements;
    private final boolean drops;
    private final Throttle readLimit;
    private final TileSink sink;

    TileLoop(MergePlan plan, TileSink sink) {
        this.tileElements = plan.memory().tileElements();
        this.windowElements = plan.memory().windows().surveyElements();
        this.drops = plan.options().sidecar().pageCache() == PageCache.DROP;
        this.readLimit = new Throttle(plan.options().sidecar().readLimit());
        this.sink = sink;
    }

    /** How many tiles a tensor has. */
    long tiles(TensorRun run) {
        return Math.ceilDiv(run.elements(), (long) tileElements);
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
            readLimit.take(bytes(run, to - from));
            guarded(() -> run.read(from, to, worker), () -> sweep.show(run, worker, from, to));
            release(run, from, to, again, worker);
            shown += to - from;
            at = to < end ? first + sweep.next(block, (int) (to - first)) : end;
        }
        return bytes(run, shown);
    }

    /** Merges and writes one tile. Returns the bytes read. */
    long merge(TensorRun run, long tile, Worker worker) throws IOException {
        long first = tile * tileElements;
        long end = Math.min(first + tileElements, run.elements());
        int width = run.outputWidthBytes();
        readLimit.take(bytes(run, end - first));
        guarded(() -> run.read(first, end, worker), () -> run.merge(worker, first, end));
        sink.write(run.index(), first * width, worker.tile.asSlice(0, (end - first) * width));
        release(run, first, end, false, worker);
        return bytes(run, end - first);
    }

    /** Copies one window of a tensor that is not merged. Returns the bytes read. */
    long copy(int index, CopiedTensor tensor, long window, Worker worker) throws IOException {
        MappedTensor source = tensor.source();
        long from = window * tileElements;
        long length = Math.min(tileElements, source.info().bytes() - from);
        readLimit.take(length);
        guarded(
                () -> worker.read(0, source, from, length),
                () -> MemorySegment.copy(worker.input(0), 0, worker.tile, 0, length));
        sink.write(index, from, worker.tile.asSlice(0, length));
        worker.release(source, from, length);
        if (drops) {
            source.forget(from, length);
        }
        return length;
    }

    private void release(TensorRun run, long first, long end, boolean again, Worker worker) {
        run.release(first, end, worker);
        if (drops && !again) {
            run.forget(first, end);
        }
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
