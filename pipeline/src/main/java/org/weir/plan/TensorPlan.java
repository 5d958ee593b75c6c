package org.weir.plan;

import java.util.stream.Stream;
import org.weir.checkpoint.MappedTensor;
import org.weir.checkpoint.TensorInfo;

/** How one output tensor comes about. */
public sealed interface TensorPlan permits MergedTensor, SolvedTensor, CopiedTensor {

    /** What is written. */
    TensorInfo output();

    /** What happens to it, as the summary counts it. */
    String treatment();

    /** The tensors of inputs that it comes from, the base first. */
    Stream<MappedTensor> inputs();

    /** Bytes of input that one reading takes. */
    long readBytes();

    /** Readings, the one that makes the output included; where the data decide, as many as it mostly takes. */
    int readings();
}
