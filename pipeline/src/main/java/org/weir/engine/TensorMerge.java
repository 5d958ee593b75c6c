package org.weir.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.weir.plan.MergePlan;
import org.weir.stage.Extent;
import org.weir.stage.Scope;

/** Has the crew survey tensors as often as they ask for it, then merge them, and counts what that reads. */
final class TensorMerge {

    private final int tableEntries;
    private final TileLoop tiles;
    private final Crew crew;
    private final MergeProgress progress;
    private final LongAdder readBytes;

    TensorMerge(MergePlan plan, TileLoop tiles, Crew crew, MergeProgress progress, LongAdder readBytes) {
        this.tableEntries = plan.memory().tableEntries();
        this.tiles = tiles;
        this.crew = crew;
        this.progress = progress;
        this.readBytes = readBytes;
    }

    /** Shows the whole model to those that ask for it, what is merged already included. */
    void surveyModel(List<TensorRun> all) throws IOException, MergeStoppedException {
        Extent model = new Extent(
                0,
                all.stream().mapToInt(run -> run.plan().blocks()).sum(),
                all.stream()
                        .filter(run -> run.waitsFor(Scope.MODEL))
                        .mapToLong(TensorRun::elements)
                        .sum());
        Optional<Sweep> next = Sweep.next(Scope.MODEL, all, model, tableEntries);
        while (next.isPresent()) {
            Sweep sweep = next.get();
            List<Crew.Task> tasks = new ArrayList<>();
            for (TensorRun run : sweep.runs()) {
                for (int block = 0; block < run.plan().blocks(); block++) {
                    int number = block;
                    tasks.add(worker -> survey(sweep, run, number, worker));
                }
            }
            crew.all(tasks);
            sweep.conclude(crew.workers());
            next = Sweep.next(Scope.MODEL, all, model, tableEntries);
        }
    }

    /** Surveys and merges a tensor, all workers on it. */
    void together(TensorRun run) throws IOException, MergeStoppedException {
        Optional<Sweep> next = nextSweep(run);
        while (next.isPresent()) {
            Sweep sweep = next.get();
            crew.each(run.plan().blocks(), (block, worker) -> survey(sweep, run, (int) block, worker));
            sweep.conclude(crew.workers());
            next = nextSweep(run);
        }
        crew.each(tiles.tiles(run), (tile, worker) -> merge(run, tile, worker));
        run.forgetSurveys();
    }

    /** The same as pieces of work: a tensor for one worker if it has surveys, else its tiles. */
    List<Crew.Task> tasks(TensorRun run) {
        if (run.waitsFor(Scope.TENSOR)) {
            return List.of(worker -> alone(run, worker));
        }
        List<Crew.Task> tasks = new ArrayList<>();
        for (long i = 0; i < tiles.tiles(run); i++) {
            long tile = i;
            tasks.add(worker -> merge(run, tile, worker));
        }
        return tasks;
    }

    /** Looks up often enough to stop soon: it may take a while. */
    private void alone(TensorRun run, Worker worker) throws IOException {
        Optional<Sweep> next = tiles.isFinished(run) ? Optional.empty() : nextSweep(run);
        while (next.isPresent()) {
            Sweep sweep = next.get();
            for (int block = 0; block < run.plan().blocks(); block++) {
                if (crew.isStopped()) {
                    return;
                }
                survey(sweep, run, block, worker);
            }
            sweep.conclude(List.of(worker));
            worker.meter.rest("survey", 0, 0);
            next = nextSweep(run);
        }
        for (long tile = 0; tile < tiles.tiles(run) && !crew.isStopped(); tile++) {
            merge(run, tile, worker);
        }
        run.forgetSurveys();
    }

    private Optional<Sweep> nextSweep(TensorRun run) {
        return Sweep.next(Scope.TENSOR, List.of(run), run.extent(), tableEntries);
    }

    private void survey(Sweep sweep, TensorRun run, int block, Worker worker) throws IOException {
        long bytes = tiles.survey(sweep, run, block, worker);
        readBytes.add(bytes);
        progress.advance(sweep.readsAll() && run.readingsLeft() > 1 ? bytes : 0);
    }

    private void merge(TensorRun run, long tile, Worker worker) throws IOException {
        long bytes = tiles.merge(run, tile, worker);
        readBytes.add(run.worksByRow() ? 2 * bytes : bytes);
        progress.advance(bytes * run.readingsLeft());
        progress.leaveOut((tiles.bytes(run, tile) - bytes) * run.readingsLeft());
    }
}
