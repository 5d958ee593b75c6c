package org.weir.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.weir.checkpoint.TensorInfo;
import org.weir.plan.MergePlan;

/** The output as workers see it: what of it is missing, and how that is written, by the clock and within the limit. */
final class TileOutput {

    private final TileSink sink;
    private final Throttle limit;
    private final LongAdder writtenBytes;

    /**
     * @param writtenBytes is told what was written
     * @param stopped whether nobody wants the rest any more
     */
    TileOutput(MergePlan plan, TileSink sink, LongAdder writtenBytes, BooleanSupplier stopped) {
        this.sink = sink;
        this.limit = new Throttle(plan.options().sidecar().writeLimit(), stopped);
        this.writtenBytes = writtenBytes;
    }

    /** Whether all of a tensor is there from an earlier run. */
    boolean isFinished(int tensor, TensorInfo info) {
        return isFinished(tensor, 0, info.bytes());
    }

    /** Whether all of a range of a tensor is, in bytes. */
    boolean isFinished(int tensor, long begin, long end) {
        return sink.firstMissing(tensor, begin, end) == end;
    }

    /** What is done with a range of a tensor of the output, in bytes. */
    interface Piece {
        long of(long begin, long end) throws IOException;
    }

    /** Does what is missing of a range of a tensor, piece by piece. Returns the sum of what the pieces return. */
    long eachMissing(int tensor, long begin, long end, Piece piece) throws IOException {
        long sum = 0;
        for (long at = sink.firstMissing(tensor, begin, end); at < end; at = sink.firstMissing(tensor, at, end)) {
            long to = sink.missingUntil(tensor, at, end);
            sum += piece.of(at, to);
            at = to;
        }
        return sum;
    }

    /**
     * Writes the beginning of the worker's tile.
     *
     * @param elements how many that is, for the clock
     * @param found what was found out about them
     */
    void write(int tensor, long offsetBytes, long lengthBytes, long elements, ByteBuffer found, Worker worker)
            throws IOException {
        limit.take(lengthBytes);
        sink.write(tensor, offsetBytes, worker.tile.asSlice(0, lengthBytes), found);
        writtenBytes.add(lengthBytes);
        worker.meter.lap(StageTime.WRITE, elements, lengthBytes);
    }
}
