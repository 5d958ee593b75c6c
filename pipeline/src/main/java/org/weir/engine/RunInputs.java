package org.weir.engine;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.weir.checkpoint.InputChangedException;
import org.weir.checkpoint.MappedTensor;
import org.weir.plan.RowView;
import org.weir.simd.Codec;

/** The inputs of one tensor that is being merged, range by range. */
final class RunInputs {

    private final List<MappedTensor> inputs;
    private final List<Codec> codecs;
    /** What is read in place of the inputs, where their rows are put together anew; else none. */
    private final List<RowView> views;
    /** The numbers of those that steps compute. */
    private final Set<Integer> computed;

    RunInputs(List<MappedTensor> inputs, List<Codec> codecs, List<RowView> views, Set<Integer> computed) {
        this.inputs = inputs;
        this.codecs = codecs;
        this.views = views;
        this.computed = computed;
    }

    /**
     * Makes these elements of all inputs memory, but of those that steps compute: the one place that does.
     * {@link Worker#input} has them, the base first; their first byte is that of the first element.
     *
     * @throws InputChangedException if a file shrank
     */
    void read(long first, long end, Worker worker) throws IOException {
        for (int i = 0; i < inputs.size(); i++) {
            int width = codecs.get(i).bytesPerElement();
            if (computed.contains(i)) {
                continue;
            }
            if (views.isEmpty()) {
                worker.read(i, inputs.get(i), first * width, (end - first) * width);
            } else {
                worker.read(i, views.get(i), first, end);
            }
        }
        worker.firstElement = first;
    }

    /** Gives the memory of these elements back. */
    void release(long first, long end, Worker worker) {
        eachRange(first, end, worker::release);
    }

    /** Lets the inputs' cached pages of these elements go. */
    void forget(long first, long end) {
        eachRange(first, end, MappedTensor::forget);
    }

    /** What is done with bytes of an input that lie in its file as they are read. */
    private interface InFile {
        void of(MappedTensor input, long fromByte, long lengthBytes);
    }

    private void eachRange(long first, long end, InFile action) {
        for (int i = 0; i < inputs.size() && views.isEmpty(); i++) {
            int width = codecs.get(i).bytesPerElement();
            if (!computed.contains(i)) {
                action.of(inputs.get(i), first * width, (end - first) * width);
            }
        }
    }
}
