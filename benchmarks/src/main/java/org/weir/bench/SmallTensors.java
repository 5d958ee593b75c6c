package org.weir.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a tensor costs beside its bytes: floor and merges over large tensors and over as many bytes of small ones, in turn,
 * and over a hundred thousand tiny ones.
 */
final class SmallTensors {
    private static final List<Job> JOBS = List.of(Job.TASK_ARITHMETIC, Job.TIES);
    private static final int EXPERTS = 2;

    /** Layers have seven matrices, all alike here, and two vectors. */
    private record Size(String title, int side, int layers) {
        int tensors() {
            return 9 * layers + 2;
        }
    }

    private static final List<Size> SIZES = List.of(
            new Size("matrices of 32 MB", 4096, 6),
            new Size("matrices of 2 MB", 1024, 96),
            new Size("matrices and vectors of 1 KB or less", 22, Math.ceilDiv(100_000, 9)));

    private final Trials trials;
    private final Path work;
    private final int runs;

    /** @param runs of which the median counts */
    SmallTensors(Trials trials, Path work, int runs) {
        this.trials = trials;
        this.work = work;
        this.runs = runs;
    }

    /** Prints a table for each size. */
    void measure() throws IOException, InterruptedException {
        List<Dataset> models = new ArrayList<>();
        List<MergeTable> tables = new ArrayList<>();
        for (Size size : SIZES) {
            models.add(make(size));
            tables.add(new MergeTable());
        }
        for (int run = 1; run <= runs; run++) {
            for (int i = 0; i < SIZES.size(); i++) {
                System.err.println(SIZES.get(i).title() + ", " + run + " of " + runs);
                tables.get(i).round(trials, models.get(i), JOBS, PageCache.WARM);
            }
        }
        for (int i = 0; i < SIZES.size(); i++) {
            print(SIZES.get(i), models.get(i), tables.get(i));
        }
    }

    private Dataset make(Size size) throws IOException, InterruptedException {
        Path folder = work.resolve("small-" + size.side());
        String side = "" + size.side();
        trials.synth(
                folder,
                "--hidden",
                side,
                "--intermediate",
                side,
                "--vocab",
                side,
                "--heads",
                "1",
                "--kv-heads",
                "1",
                "--layers",
                "" + size.layers(),
                "--experts",
                "" + EXPERTS);
        return Dataset.in(folder, EXPERTS);
    }

    private void print(Size size, Dataset models, MergeTable table) throws IOException, InterruptedException {
        List<Double> planning = new ArrayList<>();
        for (int run = 0; run < runs; run++) {
            planning.add(trials.plan(Job.TASK_ARITHMETIC, models).seconds());
        }
        System.out.printf(
                Locale.ROOT,
                "%n%,d tensors, %s; base + %d experts, %,d MB in; `weir plan` takes %.2f s%n%n",
                size.tensors(),
                size.title(),
                EXPERTS,
                Weights.bytes(models.folders(true)) / 1_000_000,
                planning.stream().sorted().toList().get(runs / 2));
        table.lines(JOBS).forEach(System.out::println);
    }
}
