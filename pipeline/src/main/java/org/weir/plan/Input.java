package org.weir.plan;

import org.weir.checkpoint.Checkpoint;

/**
 * One model of the config, or what was measured of one, opened.
 *
 * @param reference as the config names it
 * @param checkpoint its tensors
 */
public record Input(String reference, Role role, Checkpoint checkpoint) {

    /** What an input is to the merge. */
    public enum Role {
        /** What deltas are taken from, or the extra summand. */
        BASE,
        EXPERT,
        STATISTICS
    }

    public boolean base() {
        return role == Role.BASE;
    }
}
