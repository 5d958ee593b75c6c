package org.weir.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes data, runs floor and merges side by side, and prints the tables for the README. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Measure merges against the floor. Tables go to stdout, progress to stderr.")
final class EndToEnd implements Callable<Integer> {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "base and expert-1, expert-2, ... that exist; default: made, and removed at the end.")
    private @Nullable Path data;

    @Option(names = "--preset", paramLabel = "NAME", description = "Size of the models to make; default 0.5b.")
    private String preset = "0.5b";

    @Option(names = "--experts", paramLabel = "N", description = "Default 8.")
    private int experts = 8;

    @Option(names = "--runs", paramLabel = "N", description = "Of which the median counts; default 5.")
    private int runs = 5;

    @Option(names = "--keep", description = "Do not remove the data that was made.")
    private boolean keep;

    @Option(
            names = "--tables",
            paramLabel = "NAME",
            split = ",",
            description = {
                "warm, cold, memory (2, 8, 64 experts), small (the same bytes in tensors of 32 MB, 2 MB and 1 KB), methods (all of them);",
                "default: warm,cold."
            })
    private List<Table> tables = List.of(Table.WARM, Table.COLD);

    private enum Table {
        WARM,
        COLD,
        MEMORY,
        SMALL,
        METHODS
    }

    private final String[] arguments;

    private EndToEnd(String[] arguments) {
        this.arguments = arguments;
    }

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new EndToEnd(arguments))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        String temporary = Optional.ofNullable(System.getenv("TMPDIR")).orElse("/tmp");
        Path work = Files.createTempDirectory(Path.of(temporary), "weir-bench-");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> cleanUp(work))); // also after Ctrl-C
        measure(work);
        return 0;
    }

    private void cleanUp(Path work) {
        ProcessHandle.current().children().forEach(child -> {
            child.destroyForcibly();
            child.onExit().join();
        });
        try {
            if (keep) {
                System.err.println("kept: " + work);
            } else {
                Folder.delete(work);
            }
        } catch (IOException e) {
            System.err.println("cannot remove " + work + ": " + e);
        }
    }

    private void measure(Path work) throws IOException, InterruptedException {
        Trials trials = new Trials(Environment.root(), work);
        Dataset models = data == null ? made(trials, work.resolve("data")) : Dataset.in(data.toAbsolutePath(), experts);
        String command = ("benchmarks/run " + String.join(" ", arguments)).strip();
        new Environment(command).lines().forEach(System.out::println);
        System.out.printf(
                Locale.ROOT,
                "Data: base + %d experts, %,d MB in (without the base %,d), %,d MB out; median of %d%n",
                experts,
                Weights.bytes(models.folders(true)) / 1_000_000,
                Weights.bytes(models.folders(false)) / 1_000_000,
                models.outputBytes() / 1_000_000,
                runs);
        for (Table table : tables) {
            switch (table) {
                case WARM -> print("Page cache warm", merges(trials, models, Job.ALL, PageCache.WARM));
                case COLD -> print("Page cache cold", merges(trials, models, Job.ALL, PageCache.COLD));
                case MEMORY -> print("Memory and the number of experts", memory(trials, models, work));
                case SMALL -> new SmallTensors(trials, work, runs).measure();
                case METHODS ->
                    print("All methods, page cache warm", methods(trials, models.withGrams(work.resolve("grams"))));
            }
        }
    }

    private Dataset made(Trials trials, Path folder) throws IOException, InterruptedException {
        System.err.println("making " + folder);
        trials.synth(folder, "--preset", preset, "--experts", "" + experts);
        return Dataset.in(folder, experts);
    }

    private static void print(String title, List<String> lines) {
        System.out.println("\n" + title + "\n");
        lines.forEach(System.out::println);
    }

    private List<String> merges(Trials trials, Dataset models, List<Job> jobs, PageCache cache)
            throws IOException, InterruptedException {
        MergeTable table = new MergeTable();
        for (int run = 1; run <= runs; run++) {
            System.err.println(cache + " " + run + " of " + runs);
            table.round(trials, models, jobs, cache);
        }
        return table.lines(jobs);
    }

    private List<String> methods(Trials trials, Dataset models) throws IOException, InterruptedException {
        MethodTable table = new MethodTable();
        for (int run = 1; run <= runs; run++) {
            System.err.println("methods " + run + " of " + runs);
            table.round(trials, models);
        }
        return table.lines(models);
    }

    private static List<String> memory(Trials trials, Dataset models, Path work)
            throws IOException, InterruptedException {
        List<String> lines = new ArrayList<>();
        lines.add("| | experts | planned, MB | peak RssAnon, MB | peak RSS, MB |");
        lines.add("|---|---:|---:|---:|---:|");
        for (Job job : List.of(Job.LINEAR, Job.TASK_ARITHMETIC, Job.TIES)) {
            for (int count : List.of(2, 8, 64)) {
                Dataset repeated = models.repeated(count, work.resolve("links"));
                Timing run = trials.merge(job, repeated, PageCache.WARM);
                lines.add(String.format(
                        Locale.ROOT,
                        "| %s | %d | %d | %d | %d |",
                        job.name(),
                        count,
                        trials.plan(job, repeated).memoryBytes() / 1_000_000,
                        run.peakAnonBytes() / 1_000_000,
                        run.peakResidentBytes() / 1_000_000));
            }
        }
        return lines;
    }
}
