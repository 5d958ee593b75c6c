package org.weir.stage;

import org.weir.simd.Kernels;

/**
 * An {@link Overlap} of which the factors depend on the tensor: 1 + gain · min(cap, ρ), where ρ is an expert's number of
 * active elements that it shares with others ÷ that of those in which it is alone.
 *
 * @param experts how many
 * @param epsilon what is not active
 * @param gain multiplies ρ
 * @param cap the largest ρ that counts
 */
public record OverlapSearch(int experts, double epsilon, double gain, double cap) implements Fold {

    @Override
    public int lanes() {
        return experts + Overlap.LANES;
    }

    @Override
    public boolean ready() {
        return false;
    }

    @Override
    public JointSurvey survey(Extent extent, int maxTableEntries) {
        return new Overlaps(experts, epsilon);
    }

    @Override
    public Fold measured(JointSurvey survey) {
        Overlaps counted = (Overlaps) survey;
        return new Overlap(
                counted.ratios().stream()
                        .map(ratio -> 1 + gain * Math.min(cap, ratio))
                        .toList(),
                epsilon);
    }

    @Override
    public int sweeps(boolean valuesRepeat, long elements, int maxTableEntries) {
        return 1;
    }

    @Override
    public void begin(float[][] lanes, int n) {
        throw new IllegalStateException("the overlaps are not known yet");
    }

    @Override
    public void accept(int expert, Strip strip, float[][] lanes, Kernels kernels) {
        throw new IllegalStateException("the overlaps are not known yet");
    }

    @Override
    public void finish(Strip place, float[][] lanes, Kernels kernels) {
        throw new IllegalStateException("the overlaps are not known yet");
    }

    @Override
    public String label() {
        return Overlap.LABEL;
    }
}
