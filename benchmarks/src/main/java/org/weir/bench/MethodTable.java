package org.weir.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Every method over one data set, each beside a floor that reads the same models and writes as much, how its speed goes
 * with how often it reads its inputs, and the memory it takes beside its plan's sum.
 */
final class MethodTable {
    private final Map<List<Path>, List<Timing>> floors = new LinkedHashMap<>();
    private final Map<Job, List<Timing>> timings = new LinkedHashMap<>();
    private final Map<Job, Trials.Planning> plans = new LinkedHashMap<>();

    /** One round of everything. */
    void round(Trials trials, Dataset data) throws IOException, InterruptedException {
        Set<List<Path>> done = new HashSet<>();
        for (Job job : Job.METHODS) {
            Dataset models = data.fitting(job);
            List<Path> inputs = job.inputs(models);
            if (done.add(inputs)) {
                floors.computeIfAbsent(inputs, _ -> new ArrayList<>())
                        .add(trials.floor(models, job.readsBase(), PageCache.WARM));
            }
            Timing timing = trials.merge(job, models, PageCache.WARM);
            timings.computeIfAbsent(job, _ -> new ArrayList<>()).add(timing);
            if (!plans.containsKey(job)) {
                plans.put(job, trials.plan(job, models));
            }
            System.err.printf(Locale.ROOT, "%-20s %6.2f s%n", job.name(), timing.seconds());
        }
    }

    List<String> lines(Dataset data) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("| | models | readings | whole process, s | steady, GB/s | × floor's time | ÷ readings | planned, MB"
                + " | peak RssAnon, MB |");
        lines.add("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
        floors.forEach((inputs, runs) -> {
            Timing floor = Timing.median(runs);
            String name = MergeTable.floorName(inputs.contains(data.base()));
            lines.add(speed(name, inputs.size(), 1, floor, floor) + " | |");
        });
        for (Job job : timings.keySet()) {
            lines.add(line(job, job.inputs(data.fitting(job))));
        }
        return lines;
    }

    private String line(Job job, List<Path> inputs) throws IOException {
        Timing floor = Timing.median(floors.getOrDefault(inputs, List.of()));
        Timing run = Timing.median(timings.getOrDefault(job, List.of()));
        Trials.Planning plan = Objects.requireNonNull(plans.get(job));
        double readings = (double) plan.readBytes() / Weights.bytes(inputs);
        return speed(job.name(), inputs.size(), readings, run, floor)
                + " %d | %d |".formatted(plan.memoryBytes() / 1_000_000, run.peakAnonBytes() / 1_000_000);
    }

    private static String speed(String name, int models, double readings, Timing run, Timing floor) {
        double share = floor.steadyRate() / run.steadyRate();
        return String.format(
                Locale.ROOT,
                "| %s | %d | %.2f | %.2f | %.3f | %.2f | %.2f |",
                name,
                models,
                readings,
                run.seconds(),
                run.steadyRate(),
                share,
                share / readings);
    }
}
