package org.weir.engine;

import java.time.Duration;

/**
 * What a merge did.
 *
 * @param elapsed from the first byte read to the last one durable
 * @param readBytes bytes of input that were read, all sweeps together
 * @param writtenBytes bytes of tensors that were written
 * @param workers threads
 * @param kernels what the arithmetic ran on
 */
public record MergeReport(Duration elapsed, long readBytes, long writtenBytes, int workers, String kernels) {}
