package org.weir.engine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.weir.checkpoint.MappedTensor;
import org.weir.plan.Exactness.NonFinite;
import org.weir.plan.SolvedTensor;
import org.weir.simd.Kernels;
import org.weir.stage.GramSolve;

/**
 * Makes the tensors that are solved for, one after the other, all workers on one: {@link GramSolve} says what.
 *
 * <pre>
 *   S = Σ wᵢGᵢ            a worker per row of blocks
 *   S = L·Lᵀ              a worker per block of a column
 *   rows of the result    a worker per panel: mean, Σ (Wᵢ − mean)·Gᵢ in f32, solved in f64, written
 * </pre>
 */
final class GramSolver {

    private static final int B = SolvedTensor.BLOCK;
    private static final int SPREAD = SolvedTensor.ROW_SPREAD;

    private final MatrixTiles tiles;
    private final Crew crew;
    private final Kernels kernels;
    private final LongConsumer read;
    private final NonFinite policy;
    private final Map<Worker, SolvePanel> panels = new HashMap<>();
    private final MemorySegment memory;
    private final double[] pivotRow;

    /**
     * Allocates all it needs.
     *
     * @param tensors all that will be solved for
     * @param policy what NaN and infinities lead to
     * @param read is told how many bytes of input have been read
     */
    GramSolver(
            List<SolvedTensor> tensors,
            MatrixTiles tiles,
            Crew crew,
            Kernels kernels,
            Optional<NonFinite> policy,
            LongConsumer read) {
        this.tiles = tiles;
        this.crew = crew;
        this.kernels = kernels;
        this.read = read;
        this.policy = policy.orElse(NonFinite.FAIL);
        long bytes = 0;
        int panel = 0;
        int columns = 0;
        for (SolvedTensor tensor : tensors) {
            bytes = Math.max(bytes, tensor.systemBytes());
            panel = Math.max(panel, Math.multiplyExact(tensor.panelRows(), tensor.paddedColumns()));
            columns = Math.max(columns, tensor.paddedColumns());
        }
        memory = Arena.ofAuto().allocate(Math.max(1, bytes), 64);
        pivotRow = new double[B * columns];
        for (Worker worker : crew.workers()) {
            panels.put(worker, new SolvePanel(panel, B * (columns + SPREAD)));
        }
    }

    /**
     * What all workers are at.
     *
     * @param index of the tensor in the plan
     * @param ridges what is added to the diagonal of each Gram matrix
     * @param ofGrams what was found in the Gram matrices
     */
    private record Job(int index, SolvedTally tally, List<Double> ridges, GramSystem system, RangeFacts ofGrams) {
        SolvedTensor tensor() {
            return tally.plan();
        }
    }

    /** Makes one tensor. */
    void solve(int index, SolvedTally tally) throws IOException, MergeStoppedException {
        SolvedTensor tensor = tally.plan();
        GramSystem system = new GramSystem(memory, pivotRow, tensor.paddedColumns(), kernels);
        Job job = new Job(index, tally, ridges(tensor), system, new RangeFacts());
        crew.each(system.blocks(), (row, worker) -> assemble(job, (int) row, worker));
        requireUsable(tensor, job.ofGrams());
        system.factor(crew, panels);
        crew.each(tensor.panels(), (panel, worker) -> solve(job, (int) panel, worker));
    }

    private void requireUsable(SolvedTensor tensor, RangeFacts found) throws UnusableValueException {
        if (policy == NonFinite.FAIL && !found.nonFinite().isEmpty()) {
            throw SolvedTally.unusable(tensor, found.nonFinite());
        }
    }

    /** What is added to the diagonal of each Gram matrix. */
    private List<Double> ridges(SolvedTensor tensor) throws IOException, MergeStoppedException {
        double[] ridges = new double[tensor.grams().size()];
        if (tensor.solve().ridge() > 0) {
            int n = tensor.columns();
            crew.each(ridges.length, (expert, worker) -> {
                float[] element = SolvePanel.of(worker, panels).gram;
                double trace = 0;
                for (int k = 0; k < n; k++) {
                    tiles.widen(tensor.grams().get((int) expert), (long) k * n + k, 1, element, 0, worker);
                    trace += element[0];
                }
                ridges[(int) expert] = tensor.solve().ridge() * trace / n;
            });
        }
        return Arrays.stream(ridges).boxed().toList();
    }

    private void assemble(Job job, int row, Worker worker) throws IOException {
        worker.found = new RangeFacts();
        SolvedTensor tensor = job.tensor();
        SolvePanel panel = SolvePanel.of(worker, panels);
        int n = tensor.columns();
        int stride = tensor.paddedColumns();
        int rows = Math.min(B, n - row * B);
        double[] sums = panel.solution;
        Arrays.fill(sums, 0, B * stride, 0);
        for (int expert = 0; expert < job.ridges().size(); expert++) {
            gramRows(job, expert, row * B, rows, panel, policy != NonFinite.IGNORE, worker);
            for (int r = 0; r < rows; r++) {
                for (int c = 0; c < n; c++) {
                    sums[r * stride + c] += panel.gram[r * (n + SPREAD) + c];
                }
            }
        }
        job.system().putRow(row, sums, stride, n);
        synchronized (job.ofGrams()) {
            job.ofGrams().inputs(worker.found.nonFinite());
        }
        worker.meter.rest("gram", (long) rows * n, 0);
    }

    /**
     * Reads rows of a Gram matrix, scaled as the recipe says.
     *
     * @param count whether to count what is not finite in them: they are read more than once
     */
    private void gramRows(Job job, int expert, int first, int rows, SolvePanel panel, boolean count, Worker worker)
            throws IOException {
        SolvedTensor tensor = job.tensor();
        int n = tensor.columns();
        double weight = tensor.solve().weights().get(expert);
        float scale = (float) (weight * tensor.solve().alpha());
        MappedTensor gram = tensor.grams().get(expert);
        for (int r = 0; r < rows; r++) {
            int at = r * (n + SPREAD);
            read(gram, (long) (first + r) * n, n, panel.gram, at, worker);
            if (count) {
                worker.found.input(tensor.experts().size() + expert, panel.gram, at, n, (long) (first + r) * n);
            }
            float measured = panel.gram[at + first + r];
            if (measured < 0 && Float.isFinite(measured)) { // infinities are the policy's
                throw SolvedTally.noGram(gram, first + r, measured);
            }
            float diagonal = (float) (weight * (measured + job.ridges().get(expert)));
            for (int c = at; c < at + n; c++) {
                panel.gram[c] *= scale;
            }
            panel.gram[at + first + r] = diagonal;
        }
    }

    private void solve(Job job, int number, Worker worker) throws IOException {
        SolvedTensor tensor = job.tensor();
        SolvePanel panel = SolvePanel.of(worker, panels);
        int n = tensor.columns();
        int stride = tensor.paddedColumns();
        int first = number * tensor.panelRows();
        int rows = Math.min(tensor.panelRows(), tensor.rows() - first);
        worker.found = new RangeFacts();
        mean(tensor, first, rows, panel, worker);
        requireUsable(tensor, worker.found);
        Arrays.fill(panel.sum, 0, rows * n, 0);
        for (int expert = 0; expert < job.ridges().size(); expert++) {
            read(tensor.experts().get(expert), (long) first * n, rows * n, panel.difference, 0, worker);
            kernels.subtract(panel.difference, panel.mean, rows * n);
            for (int k = 0; k < n; k += B) {
                int depth = Math.min(B, n - k);
                gramRows(job, expert, k, depth, panel, false, worker);
                kernels.addProduct(panel.sum, 0, n, panel.difference, k, n, panel.gram, n + SPREAD, rows, depth, n);
            }
        }
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < stride; c++) {
                panel.solution[r * stride + c] = c < n ? panel.sum[r * n + c] : 0;
            }
        }
        job.system().solve(panel, rows, stride);
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < n; c++) {
                float correction = (float) panel.solution[r * stride + c];
                if (correction != 0) { // a mean of −0 stays that
                    panel.mean[r * n + c] += correction;
                }
            }
        }
        worker.meter.rest("solve", (long) rows * n, 0);
        if (policy == NonFinite.FAIL && kernels.countNonFinite(panel.mean, rows * n) > 0) {
            throw new UnusableValueException(
                    "tensor " + tensor.output().name()
                            + ": its matrices and their statistics are too large for f32; --non-finite warn merges all the same");
        }
        boolean marked = !worker.found.nonFinite().isEmpty()
                || !job.ofGrams().nonFinite().isEmpty()
                || policy == NonFinite.IGNORE;
        if (number == 0) { // what is found out travels with the ranges
            worker.found.inputs(job.ofGrams().nonFinite());
        }
        tiles.write(job.index(), tensor.output(), (long) first * n, panel.mean, rows * n, marked, job.tally(), worker);
    }

    /** The weighted mean, as {@link org.weir.stage.WeightedSum} makes it. */
    private void mean(SolvedTensor tensor, int first, int rows, SolvePanel panel, Worker worker) throws IOException {
        int elements = rows * tensor.columns();
        Arrays.fill(panel.mean, 0, elements, -0.0f);
        GramSolve solve = tensor.solve();
        for (int expert = 0; expert < solve.weights().size(); expert++) {
            MappedTensor matrix = tensor.experts().get(expert);
            read(matrix, (long) first * tensor.columns(), elements, panel.difference, 0, worker);
            if (policy != NonFinite.IGNORE) {
                worker.found.input(expert, panel.difference, 0, elements, (long) first * tensor.columns());
            }
            kernels.addWeighted(
                    panel.mean, panel.difference, solve.weights().get(expert).floatValue(), elements);
        }
        kernels.divide(panel.mean, (float) solve.sum(), elements);
    }

    private void read(MappedTensor tensor, long first, int count, float[] to, int at, Worker worker)
            throws IOException {
        read.accept(tiles.widen(tensor, first, count, to, at, worker));
    }
}
