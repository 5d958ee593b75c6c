package org.weir.stage;

import org.weir.simd.Kernels;

/** Shows surveys how important changes are: δ times the divergence of its row. */
final class OfImportance implements Survey {

    private final long rowElements;
    private final float[] divergences;
    private final SideBySide surveys;

    OfImportance(long rowElements, float[] divergences, SideBySide surveys) {
        this.rowElements = rowElements;
        this.divergences = divergences;
        this.surveys = surveys;
    }

    SideBySide surveys() {
        return surveys;
    }

    @Override
    public void accept(Strip strip, Strip base, long[] table, int tableFrom, Kernels kernels) {
        float[] x = strip.values();
        kernels.subtract(x, base.values(), strip.length());
        for (int from = 0; from < strip.length(); ) {
            int to = RowSums.endOfRow(strip, from, rowElements);
            float divergence = divergences[(int) ((strip.firstElement() + from) / rowElements)];
            for (int i = from; i < to; i++) {
                x[i] *= divergence;
            }
            from = to;
        }
        surveys.accept(strip, base, table, tableFrom, kernels);
    }

    @Override
    public int tableEntries() {
        return surveys.tableEntries();
    }

    @Override
    public int next(int block, int offset) {
        return surveys.next(block, offset);
    }

    @Override
    public int runLength() {
        return surveys.runLength();
    }

    @Override
    public boolean readsAll() {
        return surveys.readsAll();
    }

    @Override
    public void absorb(long[] table, int tableFrom) {
        surveys.absorb(table, tableFrom);
    }

    @Override
    public String label() {
        return "importance";
    }
}
