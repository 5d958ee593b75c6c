package org.weir.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.weir.checkpoint.TensorInfo;
import org.weir.plan.Codecs;
import org.weir.simd.Codec;
import org.weir.simd.Kernels;

/**
 * Fills tiles of synthetic tensors; each worker has its own. The value of an element is a function of seed, model,
 * tensor and index alone. The base is N(0, 0.02), its norms N(1, 0.02), rounded to the dtype; an expert is the rounded
 * base plus a delta, rounded again, as fine-tuning leaves it.
 */
final class SynthTile {
    static final int ELEMENTS = 1 << 20;

    private static final double BASE_DEVIATION = 0.02;
    private static final int WEIGHTS = 0;
    private static final int ZEROS = 1;

    private final SynthSpec spec;
    private final Codec codec;
    private final MemorySegment bytes;
    private final float[] values = new float[Noise.MAX_RUN];
    private final float[] deltas = new float[Noise.MAX_RUN];
    private final Kernels kernels;

    SynthTile(SynthSpec spec, Kernels kernels, Arena arena) {
        this.spec = spec;
        this.kernels = kernels;
        codec = Codecs.of(spec.dtype(), kernels).orElseThrow();
        bytes = arena.allocate((long) ELEMENTS * codec.bytesPerElement(), 64);
    }

    /** The bytes of {@code n} elements of {@code tensor}; {@code n} is at most {@link #ELEMENTS}. */
    MemorySegment of(int model, TensorInfo tensor, long firstElement, int n) {
        Noise base = Noise.of(spec.seed(), 0, tensor.name(), WEIGHTS);
        Noise delta = Noise.of(spec.seed(), model, tensor.name(), WEIGHTS);
        Noise zeros = Noise.of(spec.seed(), model, tensor.name(), ZEROS);
        float mean = tensor.shape().dims().size() == 1 ? 1 : 0;
        for (int from = 0; from < n; from += Noise.MAX_RUN) {
            int run = Math.min(Noise.MAX_RUN, n - from);
            long first = firstElement + from;
            long offsetBytes = (long) from * codec.bytesPerElement();
            base.normals(first, mean, BASE_DEVIATION, values, run);
            codec.narrow(values, run, bytes, offsetBytes);
            if (model > 0) {
                codec.widen(bytes, offsetBytes, values, run);
                delta.normals(first, 0, spec.deltaScale(), deltas, run);
                if (spec.zeroShare() > 0) {
                    zeros.dropShare(first, spec.zeroShare(), deltas, run);
                }
                kernels.addWeighted(values, deltas, 1, run);
                codec.narrow(values, run, bytes, offsetBytes);
            }
        }
        return bytes.asSlice(0, (long) n * codec.bytesPerElement());
    }
}
