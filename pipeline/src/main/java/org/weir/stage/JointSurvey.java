package org.weir.stage;

import org.weir.simd.Kernels;

/** Measures what all experts have at the same places, for a fold that must know the tensor first. */
public sealed interface JointSurvey extends Measurement
        permits OfVariance, Energies, Overlaps, TensorProducts, VectorwiseProducts {

    /**
     * Takes in one place of the tensor.
     *
     * @param place where it is; its values may be overwritten
     * @param base the base's strip
     * @param lanes the strips of the experts as their operations left them, in order, then the other lanes of the fold that
     *     asked; all may be rewritten
     * @param table the worker's table
     * @param tableFrom where this survey's entries begin in it
     */
    void accept(Strip place, Strip base, float[][] lanes, long[] table, int tableFrom, Kernels kernels);
}
