package org.weir.engine;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.weir.checkpoint.DType;
import org.weir.checkpoint.TensorInfo;
import org.weir.plan.Codecs;
import org.weir.plan.Exactness.Rounding;
import org.weir.plan.MergeOptions;
import org.weir.simd.Codec;
import org.weir.simd.CounterRandom;
import org.weir.simd.Kernels;

/**
 * How results become the stored elements of one output tensor.
 *
 * @param codec rounds to nearest
 * @param random the random bits that round results to 16 bits before, where they are rounded so
 */
record Narrowing(Codec codec, Optional<CounterRandom> random, boolean bf16, Kernels kernels) {

    static Narrowing of(TensorInfo output, MergeOptions options, Kernels kernels) {
        Codec codec = Codecs.of(output.dtype(), kernels).orElseThrow();
        boolean stochastic =
                options.exactness().rounding() == Rounding.STOCHASTIC && codec.bytesPerElement() == Short.BYTES;
        Optional<CounterRandom> random =
                stochastic ? Optional.of(CounterRandom.ofResult(options.seed(), output.name())) : Optional.empty();
        return new Narrowing(codec, random, output.dtype() == DType.BF16, kernels);
    }

    /**
     * Stores consecutive elements.
     *
     * @param values the results; may be rewritten
     * @param firstElement index within the tensor of the first one
     */
    void narrow(float[] values, int n, long firstElement, MemorySegment to, long offsetBytes) {
        if (random.isPresent()) {
            if (bf16) {
                kernels.roundToBf16(values, n, random.get(), firstElement);
            } else {
                kernels.roundToF16(values, n, random.get(), firstElement);
            }
        }
        codec.narrow(values, n, to, offsetBytes);
    }
}
