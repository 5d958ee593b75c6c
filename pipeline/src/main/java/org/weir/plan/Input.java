package org.weir.plan;

import org.weir.checkpoint.Checkpoint;

/**
 * One model of the config, opened.
 *
 * @param reference as the config names it
 * @param base whether deltas are taken from it, or it is the extra summand
 * @param checkpoint its tensors
 */
public record Input(String reference, boolean base, Checkpoint checkpoint) {}
