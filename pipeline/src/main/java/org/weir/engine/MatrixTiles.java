package org.weir.engine;

import java.io.IOException;
import java.util.Arrays;
import org.weir.checkpoint.MappedTensor;
import org.weir.checkpoint.TensorInfo;
import org.weir.plan.Codecs;
import org.weir.plan.MergeOptions;
import org.weir.plan.MergePlan;
import org.weir.simd.Codec;
import org.weir.simd.Kernels;
import org.weir.stage.Strip;

/** What a worker that is at whole matrices has beside arithmetic: reads them as floats and writes floats, by the clock. */
final class MatrixTiles {

    private final int tileElements;
    private final int windowElements;
    private final MergeOptions options;
    private final TileOutput output;
    private final Throttle readLimit;
    private final Kernels kernels;

    MatrixTiles(MergePlan plan, TileOutput output, Throttle readLimit, Kernels kernels) {
        this.tileElements = plan.memory().tileElements();
        this.windowElements = plan.memory().windows().surveyElements();
        this.options = plan.options();
        this.output = output;
        this.readLimit = readLimit;
        this.kernels = kernels;
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
            Reading.guarded(
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
            TensorInfo info,
            long first,
            float[] values,
            int count,
            boolean marked,
            SolvedTally tally,
            Worker worker)
            throws IOException {
        Narrowing narrowing = Narrowing.of(info, options, kernels);
        int width = narrowing.codec().bytesPerElement();
        RangeFacts ofInputs = worker.found;
        for (int done = 0; done < count; done += tileElements) {
            long begin = first + done;
            long end = begin + Math.min(tileElements, count - done);
            output.eachMissing(index, begin * width, end * width, (from, to) -> {
                int n = (int) ((to - from) / width);
                long at = from / width;
                worker.found = at == first ? ofInputs : new RangeFacts();
                narrow(narrowing, values, (int) (at - first), n, at, marked, worker);
                output.write(index, from, to - from, n, worker.found.bytes(), worker);
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
}
