package org.weir.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Every method over one data set, and how its speed goes with how often it reads its inputs. */
final class MethodTable {
    private final List<Timing> floors = new ArrayList<>();
    private final Map<Job, List<Timing>> timings = new LinkedHashMap<>();
    private final Map<Job, Double> readings = new LinkedHashMap<>();

    /** One round of everything. */
    void round(Trials trials, Dataset data) throws IOException, InterruptedException {
        floors.add(trials.floor(data, true, PageCache.WARM));
        for (Job job : Job.METHODS) {
            Dataset models = data.fitting(job);
            Timing timing = trials.merge(job, models, PageCache.WARM);
            timings.computeIfAbsent(job, _ -> new ArrayList<>()).add(timing);
            readings.putIfAbsent(
                    job, (double) trials.plan(job, models).readBytes() / Weights.bytes(job.inputs(models)));
            System.err.printf(Locale.ROOT, "%-20s %6.2f s%n", job.name(), timing.seconds());
        }
    }

    List<String> lines(Dataset data) {
        Timing floor = Timing.median(floors);
        List<String> lines = new ArrayList<>();
        lines.add("| | models | readings | whole process, s | steady, GB/s | × floor's time | ÷ readings |");
        lines.add("|---|---:|---:|---:|---:|---:|---:|");
        lines.add(row("floor", data.folders(true).size(), 1, floor, floor));
        timings.forEach((job, runs) -> lines.add(row(
                job.name(),
                job.inputs(data.fitting(job)).size(),
                readings.getOrDefault(job, 1.0),
                Timing.median(runs),
                floor)));
        return lines;
    }

    private static String row(String name, int models, double readings, Timing run, Timing floor) {
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
