package org.weir.engine;

import java.util.Map;
import java.util.Objects;
import org.weir.plan.SolvedTensor;

/** What a worker solves systems with: panels of a matrix's rows, rows of a Gram matrix, and a few blocks. */
final class SolvePanel {

    /** The mean of the matrices; in the end the result. */
    final float[] mean;
    /** One matrix less the mean. */
    final float[] difference;
    /** Σ (Wᵢ − mean)·Gᵢ. */
    final float[] sum;
    /** The same in double, then the solution. */
    final double[] solution;
    /** Rows of a Gram matrix. */
    final float[] gram;

    private final double[][] blocks = new double[3][SolvedTensor.BLOCK * SolvedTensor.BLOCK];

    SolvePanel(int panelElements, int gramElements) {
        mean = new float[panelElements];
        difference = new float[panelElements];
        sum = new float[panelElements];
        solution = new double[panelElements];
        gram = new float[gramElements];
    }

    double[] block(int which) {
        return blocks[which];
    }

    static SolvePanel of(Worker worker, Map<Worker, SolvePanel> panels) {
        return Objects.requireNonNull(panels.get(worker));
    }
}
