package org.weir.stage;

import java.util.List;

/**
 * RegMean's way to make a matrix (Jin et al., arXiv:2212.09849): the W whose outputs differ least, in squares, from those of
 * each Wᵢ on the inputs that model i saw. With Gᵢ = XᵢᵀXᵢ, scaled off the diagonal by alpha,
 *
 * <pre>
 *   W = R + Σ wᵢ·(Wᵢ − R)·Gᵢ · (Σ wᵢ·Gᵢ)⁻¹
 * </pre>
 *
 * for any R; the mean of the Wᵢ keeps the numbers small. A direction in which no input varies stays at the mean.
 *
 * @param weights one per expert
 * @param alpha what is left of the Gram matrices off the diagonal
 * @param ridge is added to each diagonal, in units of its mean
 */
public record GramSolve(List<Double> weights, double alpha, double ridge) {

    public GramSolve {
        weights = List.copyOf(weights);
    }

    /** The sum of the weights. */
    public double sum() {
        return weights.stream().reduce(0.0, Double::sum);
    }
}
