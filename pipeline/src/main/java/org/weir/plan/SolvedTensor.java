package org.weir.plan;

import java.util.List;
import java.util.stream.Stream;
import org.weir.checkpoint.MappedTensor;
import org.weir.checkpoint.TensorInfo;
import org.weir.stage.GramSolve;

/**
 * A matrix that is solved for as a whole: memory is a function of its shape.
 *
 * @param experts the matrices, [out, in]
 * @param grams what was measured of each, [in, in]
 */
public record SolvedTensor(
        TensorInfo output, String treatment, GramSolve solve, List<MappedTensor> experts, List<MappedTensor> grams)
        implements TensorPlan {

    /** Rows and columns of the blocks that the system is made of. */
    public static final int BLOCK = 64;

    /** Rows of a Gram matrix lie this much more than a power of two apart, or they would share few lines of the cache. */
    public static final int ROW_SPREAD = 16;

    /** Elements of a panel that a worker solves for, unless the rows are so long that {@link #BLOCK} of them are more. */
    private static final int PANEL_ELEMENTS = 1 << 20;

    public SolvedTensor {
        experts = List.copyOf(experts);
        grams = List.copyOf(grams);
    }

    @Override
    public Stream<MappedTensor> inputs() {
        return Stream.concat(experts.stream(), grams.stream());
    }

    /** Rows of the matrix: outputs of the layer. */
    public int rows() {
        return Math.toIntExact(output.shape().dims().get(0));
    }

    /** Columns of the matrix: inputs of the layer, unknowns of the system. */
    public int columns() {
        return Math.toIntExact(output.shape().dims().get(1));
    }

    /** Columns with those that fill the last block. */
    public int paddedColumns() {
        return Math.ceilDiv(columns(), BLOCK) * BLOCK;
    }

    /** Rows that a worker solves for at a time. */
    public int panelRows() {
        return Math.max(BLOCK, PANEL_ELEMENTS / paddedColumns());
    }

    /** How many panels there are. */
    public int panels() {
        return Math.ceilDiv(rows(), panelRows());
    }

    /** Bytes of the system: the lower triangle, in double. */
    public long systemBytes() {
        long blocks = paddedColumns() / BLOCK;
        return blocks * (blocks + 1) / 2 * BLOCK * BLOCK * Double.BYTES;
    }

    /** Bytes of the panels that a worker has: three of floats and one of doubles, and rows of a Gram matrix. */
    public long panelBytes() {
        long panel = (long) panelRows() * paddedColumns();
        return panel * (3 * Float.BYTES + Double.BYTES) + (long) BLOCK * (paddedColumns() + ROW_SPREAD) * Float.BYTES;
    }

    /** The matrices twice, for their mean and their differences from it; the Gram matrices once and for each panel. */
    @Override
    public long readBytes() {
        long matrices = bytes(experts) * 2;
        return Math.addExact(matrices, Math.multiplyExact(bytes(grams), 1L + panels()));
    }

    @Override
    public int readings() {
        return 1;
    }

    private static long bytes(List<MappedTensor> tensors) {
        return tensors.stream().mapToLong(tensor -> tensor.info().bytes()).sum();
    }
}
