package org.weir.stage;

import org.weir.simd.Kernels;

/** Shows a survey how much the experts differ: in each place N times their variance, in which an order is the same. */
final class OfVariance implements JointSurvey {

    private final int experts;
    private final Survey survey;

    /** @param survey sees the sums of squares as it would see an expert */
    OfVariance(int experts, Survey survey) {
        this.experts = experts;
        this.survey = survey;
    }

    /** What has looked at the variance. */
    Survey survey() {
        return survey;
    }

    @Override
    public void accept(Strip place, Strip base, float[][] lanes, long[] table, int tableFrom, Kernels kernels) {
        kernels.sumOfSquaredDifferences(place.values(), lanes, 0, experts, place.length());
        survey.accept(place, base, table, tableFrom, kernels);
    }

    @Override
    public int tableEntries() {
        return survey.tableEntries();
    }

    @Override
    public int next(int block, int offset) {
        return survey.next(block, offset);
    }

    @Override
    public int runLength() {
        return survey.runLength();
    }

    @Override
    public boolean readsAll() {
        return survey.readsAll();
    }

    @Override
    public void absorb(long[] table, int tableFrom) {
        survey.absorb(table, tableFrom);
    }

    @Override
    public String label() {
        return "variance";
    }
}
