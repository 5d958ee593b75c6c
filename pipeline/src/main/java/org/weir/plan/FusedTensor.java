package org.weir.plan;

/**
 * What is computed in the place of an input: a tensor of a fused step, narrowed to its own dtype, so that its bytes are those
 * that the step would have written.
 *
 * @param step by name
 */
public record FusedTensor(String step, MergedTensor tensor) {}
