package org.weir.engine;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.weir.checkpoint.MappedTensor;
import org.weir.checkpoint.PageCache;
import org.weir.plan.CopiedTensor;
import org.weir.plan.MergePlan;

/** What a worker does with a tensor that is not merged: copies it, window by window, by the clock. */
final class CopyLoop {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** As many as a tile has elements. */
    private final long windowBytes;

    private final boolean drops;
    private final TileOutput output;
    private final Throttle readLimit;

    CopyLoop(MergePlan plan, TileOutput output, Throttle readLimit) {
        this.windowBytes = plan.memory().tileElements();
        this.drops = plan.options().sidecar().pageCache() == PageCache.DROP;
        this.output = output;
        this.readLimit = readLimit;
    }

    /** How many windows a tensor has. */
    long windows(CopiedTensor tensor) {
        return Math.ceilDiv(tensor.source().info().bytes(), windowBytes);
    }

    /** Bytes of a window. */
    long bytes(CopiedTensor tensor, long window) {
        return Math.min(windowBytes, tensor.source().info().bytes() - window * windowBytes);
    }

    /** Copies what is missing of one window of a tensor that is not merged. Returns the bytes read. */
    long copy(int index, CopiedTensor tensor, long window, Worker worker) throws IOException {
        long from = window * windowBytes;
        return output.eachMissing(
                index,
                from,
                from + bytes(tensor, window),
                (begin, to) -> copyRange(index, tensor.source(), begin, to - begin, worker));
    }

    private long copyRange(int index, MappedTensor source, long from, long length, Worker worker) throws IOException {
        StageMeter meter = worker.meter;
        Reading.guarded(
                () -> {
                    readLimit.take(length);
                    worker.read(0, source, from, length);
                    meter.lap(StageTime.PREFAULT, 0, length);
                },
                () -> MemorySegment.copy(worker.input(0), 0, worker.tile, 0, length));
        meter.lap("copy", 0, length);
        output.write(index, from, length, 0, NOTHING, worker);
        worker.release(source, from, length);
        if (drops) {
            source.forget(from, length);
        }
        meter.lap(StageTime.RELEASE, 0, 0);
        meter.tileDone();
        return length;
    }
}
