package org.weir.engine;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Map;
import org.weir.plan.SolvedTensor;
import org.weir.simd.Kernels;

/**
 * A symmetric system of equations S, and its Cholesky factor S = L·Lᵀ in its place: blocks of the lower triangle, in double.
 *
 * <pre>
 *   factor  column by column of blocks:   S(i,k) − Σ L(i,j)·L(k,j)ᵀ, j ascending   then times L(k,k)⁻ᵀ
 *   solve   X·L·Lᵀ = R, panel by panel of X's rows, forth and back in the same way
 * </pre>
 *
 * In the place of a diagonal block stands −L(k,k)⁻¹, which is all that is needed of it. Every element takes its products in
 * ascending order, one by one, so blocks, panels and threads do not show.
 */
final class GramSystem {

    static final int B = SolvedTensor.BLOCK;

    /** Below this share of its diagonal a pivot is rounding of the f32 statistics: the direction is left alone. */
    private static final double SMALLEST_PIVOT = 1e-6;

    private final MemorySegment memory;
    private final Kernels kernels;
    private final int blocks;
    /** The row of blocks that is being divided by, transposed. */
    private final double[] pivotRow;

    /** @param pivotRow for as many elements as a row of blocks has */
    GramSystem(MemorySegment memory, double[] pivotRow, int paddedColumns, Kernels kernels) {
        this.memory = memory;
        this.kernels = kernels;
        this.blocks = paddedColumns / B;
        this.pivotRow = pivotRow;
    }

    int blocks() {
        return blocks;
    }

    /** Puts in a row of blocks, up to the diagonal; where there are no columns any more, the diagonal is 1. */
    void putRow(int row, double[] values, int stride, int columns) {
        for (int j = 0; j <= row; j++) {
            for (int r = 0; r < B; r++) {
                MemorySegment.copy(values, r * stride + j * B, memory, ValueLayout.JAVA_DOUBLE, place(row, j, r), B);
            }
        }
        for (int r = Math.max(0, columns - row * B); r < B; r++) {
            memory.set(ValueLayout.JAVA_DOUBLE, place(row, row, r) + (long) r * Double.BYTES, 1);
        }
    }

    private long place(int i, int j, int rowInBlock) {
        long block = (long) i * (i + 1) / 2 + j;
        return ((block * B + rowInBlock) * B) * Double.BYTES;
    }

    private void load(int i, int j, double[] to) {
        MemorySegment.copy(memory, ValueLayout.JAVA_DOUBLE, place(i, j, 0), to, 0, B * B);
    }

    private void loadTransposed(int i, int j, double[] to, int at, double[] scratch) {
        load(i, j, scratch);
        transpose(scratch, to, at);
    }

    private static void transpose(double[] from, double[] to, int at) {
        for (int r = 0; r < B; r++) {
            for (int c = 0; c < B; c++) {
                to[at + c * B + r] = from[r * B + c];
            }
        }
    }

    private void store(int i, int j, double[] from) {
        MemorySegment.copy(from, 0, memory, ValueLayout.JAVA_DOUBLE, place(i, j, 0), B * B);
    }

    /** Factors the diagonal block of a column. */
    private void factorDiagonal(int k, SolvePanel panel) {
        double[] c = panel.block(0);
        double[] a = panel.block(1);
        double[] b = panel.block(2);
        load(k, k, c);
        double[] diagonal = new double[B];
        for (int r = 0; r < B; r++) {
            diagonal[r] = c[r * B + r];
        }
        for (int j = 0; j < k; j++) {
            load(k, j, a);
            transpose(a, b, 0);
            System.arraycopy(b, 0, pivotRow, j * B * B, B * B);
            kernels.subtractProduct(c, 0, B, a, 0, B, b, B, B, B, B);
        }
        factor(c, diagonal);
        invert(c, a);
        store(k, k, a);
        transpose(a, pivotRow, k * B * B);
    }

    /** Divides one block below the diagonal of a column. */
    private void factorBelow(int i, int k, SolvePanel panel) {
        double[] c = panel.block(0);
        double[] a = panel.block(1);
        double[] b = panel.block(2);
        load(i, k, c);
        for (int j = 0; j < k; j++) {
            load(i, j, a);
            System.arraycopy(pivotRow, j * B * B, b, 0, B * B);
            kernels.subtractProduct(c, 0, B, a, 0, B, b, B, B, B, B);
        }
        System.arraycopy(pivotRow, k * B * B, b, 0, B * B);
        Arrays.fill(a, 0);
        kernels.subtractProduct(a, 0, B, c, 0, B, b, B, B, B, B);
        store(i, k, a);
    }

    /** Of a lower triangle; a pivot that is nothing becomes infinite, which makes its unknown 0. */
    private static void factor(double[] c, double[] diagonal) {
        for (int k = 0; k < B; k++) {
            double pivot = c[k * B + k];
            double root = pivot <= SMALLEST_PIVOT * diagonal[k] ? Double.POSITIVE_INFINITY : Math.sqrt(pivot);
            c[k * B + k] = root;
            for (int i = k + 1; i < B; i++) {
                c[i * B + k] /= root;
            }
            for (int i = k + 1; i < B; i++) {
                for (int j = k + 1; j <= i; j++) {
                    c[i * B + j] -= c[i * B + k] * c[j * B + k];
                }
            }
        }
    }

    /** The inverse of the lower triangle, negative. */
    private static void invert(double[] lower, double[] to) {
        Arrays.fill(to, 0);
        for (int c = 0; c < B; c++) {
            to[c * B + c] = -1 / lower[c * B + c];
            for (int r = c + 1; r < B; r++) {
                double sum = 0;
                for (int m = c; m < r; m++) {
                    sum += lower[r * B + m] * to[m * B + c];
                }
                to[r * B + c] = -sum / lower[r * B + r];
            }
        }
    }

    /** Replaces the rows of a panel's right-hand side by the solution. */
    void solve(SolvePanel panel, int rows, int stride) {
        double[] x = panel.solution;
        double[] a = panel.block(0);
        double[] b = panel.block(1);
        for (int k = 0; k < blocks; k++) {
            for (int j = 0; j < k; j++) {
                loadTransposed(k, j, b, 0, a);
                kernels.subtractProduct(x, k * B, stride, x, j * B, stride, b, B, rows, B, B);
            }
            loadTransposed(k, k, b, 0, a);
            divide(panel, b, k, rows, stride);
        }
        for (int k = blocks - 1; k >= 0; k--) {
            for (int j = k + 1; j < blocks; j++) {
                load(j, k, b);
                kernels.subtractProduct(x, k * B, stride, x, j * B, stride, b, B, rows, B, B);
            }
            load(k, k, b);
            divide(panel, b, k, rows, stride);
        }
    }

    private void divide(SolvePanel panel, double[] by, int k, int rows, int stride) {
        double[] quotient = panel.block(2);
        for (int from = 0; from < rows; from += B) {
            int n = Math.min(B, rows - from);
            Arrays.fill(quotient, 0);
            kernels.subtractProduct(quotient, 0, B, panel.solution, from * stride + k * B, stride, by, B, n, B, B);
            for (int r = 0; r < n; r++) {
                System.arraycopy(quotient, r * B, panel.solution, (from + r) * stride + k * B, B);
            }
        }
    }

    /** Factors all of it, every worker at a block. */
    void factor(Crew crew, Map<Worker, SolvePanel> panels) throws IOException, MergeStoppedException {
        for (int column = 0; column < blocks; column++) {
            int k = column;
            crew.each(1, (_, worker) -> factorDiagonal(k, SolvePanel.of(worker, panels)));
            crew.each(
                    blocks - k - 1L,
                    (below, worker) -> factorBelow(k + 1 + (int) below, k, SolvePanel.of(worker, panels)));
        }
    }
}
