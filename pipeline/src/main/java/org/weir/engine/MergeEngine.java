package org.weir.engine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.weir.checkpoint.Niceness;
import org.weir.checkpoint.PageCache;
import org.weir.plan.CopiedTensor;
import org.weir.plan.MemoryBudget;
import org.weir.plan.MergePlan;
import org.weir.plan.MergedTensor;
import org.weir.plan.SolvedTensor;
import org.weir.simd.Kernels;
import org.weir.stage.Scope;

/**
 * Carries a plan out.
 *
 * <pre>
 *   whole-model surveys   every block of every tensor, all workers           (only where a recipe asks)
 *   large tensors         survey sweeps, then tiles, all workers on one      (only those with surveys)
 *   whole matrices        solved for one after the other, all workers on one (only for RegMean)
 *   all the others        a queue of tiles, and of small tensors with their surveys, one worker each
 * </pre>
 *
 * A tensor is surveyed and merged before the next one, so that its second reading finds the pages in the cache.
 */
public final class MergeEngine {

    private final MergePlan plan;
    private final MergeProgress progress;
    private final Kernels kernels = Kernels.best();
    /** By the tensor's number in the plan. */
    private final SortedMap<Integer, TensorRun> runs = new TreeMap<>();

    /** What is found out about the others that are computed, by number too. */
    private final SortedMap<Integer, SolvedTally> solved = new TreeMap<>();

    private final LongAdder readBytes = new LongAdder();
    private final LongAdder writtenBytes = new LongAdder();
    private final Crew crew;
    private Duration elapsed = Duration.ZERO;
    private Optional<MergeProgress.Steady> steady = Optional.empty();

    /** @param staged whether stages run one by one, each with the clock on it, although it is slower */
    public MergeEngine(MergePlan plan, MergeProgress progress, boolean staged) {
        this.plan = plan;
        this.progress = progress;
        MemoryBudget budget = plan.memory();
        List<Worker> workers = IntStream.range(0, budget.workers())
                .mapToObj(i -> new Worker(
                        budget, Arena.ofAuto(), new StageMeter(i, staged, new CounterMeter(progress.counters(), i))))
                .toList();
        this.crew = new Crew(workers);
        for (int i = 0; i < plan.tensors().size(); i++) {
            if (plan.tensors().get(i) instanceof MergedTensor merged) {
                runs.put(i, new TensorRun(i, merged, plan.options(), kernels, staged));
            } else if (plan.tensors().get(i) instanceof SolvedTensor tensor) {
                solved.put(i, new SolvedTally(tensor));
            }
        }
    }

    /** Makes {@link #run} end with a {@link MergeStoppedException} soon; from any thread. */
    public void stop() {
        crew.stop();
    }

    /**
     * Makes every tile of the output that the sink wants, once.
     *
     * @throws IOException if an input cannot be read or the sink fails
     */
    public MergeReport run(TileSink sink) throws IOException, MergeStoppedException {
        long start = System.nanoTime();
        if (plan.options().sidecar().nice().isPresent()) {
            Niceness.set(plan.options().sidecar().nice().getAsInt());
        }
        TileOutput output = new TileOutput(plan, sink, writtenBytes, crew::isStopped);
        Throttle readLimit = new Throttle(plan.options().sidecar().readLimit(), crew::isStopped);
        TileLoop tiles = new TileLoop(plan, output, readLimit);
        TensorMerge merge = new TensorMerge(plan, tiles, crew, progress, readBytes);
        CopyLoop copies = new CopyLoop(plan, output, readLimit);
        GramSolver solver = solver(new MatrixTiles(plan, output, readLimit, kernels));
        progress.begin(plan.readBytes());
        List<TensorRun> left =
                runs.values().stream().filter(run -> !tiles.isFinished(run)).toList();
        warmUp(left);
        meters().forEach(StageMeter::begin);
        try {
            if (left.stream().anyMatch(run -> run.waitsFor(Scope.MODEL))) {
                progress.enter(MergeProgress.Phase.SURVEYING);
                merge.surveyModel(List.copyOf(runs.values()));
            }
            progress.enter(MergeProgress.Phase.MERGING);
            List<TensorRun> together = large(left);
            for (TensorRun run : together) {
                merge.together(run);
            }
            solveAll(solver, output);
            crew.all(queue(merge, copies, together));
        } finally {
            crew.close();
            forgetInputs();
            meters().forEach(StageMeter::end);
            elapsed = Duration.ofNanos(System.nanoTime() - start);
            steady = progress.steady();
        }
        return report();
    }

    private GramSolver solver(MatrixTiles tiles) {
        return new GramSolver(
                solved.values().stream().map(SolvedTally::plan).toList(),
                tiles,
                crew,
                kernels,
                plan.options().exactness().nonFinite(),
                this::readAndDone);
    }

    private void warmUp(List<TensorRun> left) {
        List<TensorRun> first = large(left);
        try (HeadStart _ = HeadStart.of(plan, first.isEmpty() ? left : first)) {
            WarmUp.before(left);
        }
    }

    /** What was done until {@link #run} ended, be it before the end. */
    MergeReport report() {
        return new MergeReport(
                elapsed,
                Duration.ZERO,
                readBytes.sum(),
                writtenBytes.sum(),
                crew.workers().size(),
                kernels.description(),
                StageTime.added(
                        meters().flatMap(meter -> meter.times().stream()).toList()),
                steady,
                Stream.concat(
                                runs.values().stream().map(TensorRun::facts),
                                solved.values().stream().map(SolvedTally::facts))
                        .toList());
    }

    /** Takes in what an earlier run found out about a range of a tensor that it has finished; before {@link #run}. */
    void finished(int tensor, long lengthBytes, ByteBuffer found) throws IOException {
        if (runs.containsKey(tensor)) {
            runs.get(tensor).finished(lengthBytes, found);
        } else if (solved.containsKey(tensor)) {
            solved.get(tensor).finished(lengthBytes, found);
        }
    }

    private void readAndDone(long bytes) {
        readBytes.add(bytes);
        progress.advance(bytes);
    }

    private Stream<StageMeter> meters() {
        return crew.workers().stream().map(worker -> worker.meter);
    }

    private void forgetInputs() {
        if (plan.options().sidecar().pageCache() == PageCache.DROP) {
            plan.files().forEach(input -> input.checkpoint().forget());
        }
    }

    /** Those that all workers survey and merge together. */
    private static List<TensorRun> large(List<TensorRun> of) {
        return of.stream()
                .filter(run -> run.waitsFor(Scope.TENSOR) && !run.plan().isForOneWorker())
                .toList();
    }

    private void solveAll(GramSolver solver, TileOutput output) throws IOException, MergeStoppedException {
        for (Map.Entry<Integer, SolvedTally> each : solved.entrySet()) {
            SolvedTensor tensor = each.getValue().plan();
            if (output.isFinished(each.getKey(), tensor.output())) {
                progress.leaveOut(tensor.readBytes());
            } else {
                solver.solve(each.getKey(), each.getValue());
            }
        }
    }

    /** What is left when the large tensors are done, in the order of the output. */
    private List<Crew.Task> queue(TensorMerge merge, CopyLoop copies, List<TensorRun> done) {
        Set<TensorRun> without = new HashSet<>(done);
        List<Crew.Task> tasks = new ArrayList<>();
        for (int i = 0; i < plan.tensors().size(); i++) {
            switch (plan.tensors().get(i)) {
                case SolvedTensor _ -> {}
                case CopiedTensor copied -> addCopies(tasks, copies, i, copied);
                case MergedTensor _ -> {
                    TensorRun run = Objects.requireNonNull(runs.get(i));
                    if (!without.contains(run)) {
                        tasks.addAll(merge.tasks(run));
                    }
                }
            }
        }
        return tasks;
    }

    private void addCopies(List<Crew.Task> tasks, CopyLoop copies, int index, CopiedTensor tensor) {
        for (long i = 0; i < copies.windows(tensor); i++) {
            long window = i;
            tasks.add(worker -> {
                long bytes = copies.copy(index, tensor, window, worker);
                readAndDone(bytes);
                progress.leaveOut(copies.bytes(tensor, window) - bytes);
            });
        }
    }
}
