package org.weir.plan;

import org.weir.checkpoint.TensorInfo;

/** How one output tensor comes about. */
public sealed interface TensorPlan permits MergedTensor, SolvedTensor, CopiedTensor {

    /** What is written. */
    TensorInfo output();

    /** What happens to it, as the summary counts it. */
    String treatment();

    /** Bytes of input that one reading takes. */
    long readBytes();

    /** Readings, the one that makes the output included; where the data decide, as many as it mostly takes. */
    int readings();
}
