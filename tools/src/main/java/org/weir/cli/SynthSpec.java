package org.weir.cli;

import org.weir.checkpoint.DType;

/**
 * A family of synthetic checkpoints: a base and experts that differ from it by small deltas.
 *
 * @param deltaScale standard deviation of the deltas
 * @param zeroShare share of the deltas that are exactly 0
 */
record SynthSpec(LlamaShape shape, DType dtype, int experts, double deltaScale, double zeroShare, long seed) {
    /** @throws IllegalArgumentException saying what is out of range */
    SynthSpec {
        if (experts < 0) {
            throw new IllegalArgumentException("--experts " + experts + " is less than 0");
        }
        if (!(deltaScale >= 0 && deltaScale < 1)) {
            throw new IllegalArgumentException("--delta-scale " + deltaScale + " is not in 0 to 1");
        }
        if (!(zeroShare >= 0 && zeroShare <= 1)) {
            throw new IllegalArgumentException("--zero-share " + zeroShare + " is not in 0 to 1");
        }
    }

    int models() {
        return 1 + experts;
    }

    /** The folder of a model: 0 is the base. */
    static String folder(int model) {
        return model == 0 ? "base" : "expert-" + model;
    }
}
