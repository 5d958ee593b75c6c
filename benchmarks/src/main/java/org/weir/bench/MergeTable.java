package org.weir.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Floor and merges over one data set, alternating; a row each. */
final class MergeTable {
    private static final String FLOOR = "floor";
    private static final String FLOOR_NO_BASE = "floor, experts only";

    private final Map<String, List<Timing>> timings = new LinkedHashMap<>();

    /** One round of everything. */
    void round(Trials trials, Dataset data, List<Job> jobs, PageCache cache) throws IOException, InterruptedException {
        for (boolean withBase : List.of(false, true)) {
            List<Job> same =
                    jobs.stream().filter(job -> job.readsBase() == withBase).toList();
            if (!same.isEmpty()) {
                add(floorName(withBase), trials.floor(data, withBase, cache));
            }
            for (Job job : same) {
                add(job.name(), trials.merge(job, data, cache));
            }
        }
    }

    private void add(String name, Timing timing) {
        timings.computeIfAbsent(name, _ -> new ArrayList<>()).add(timing);
        System.err.printf(
                Locale.ROOT, "%-24s %6.2f s, steady %5.2f GB/s%n", name, timing.seconds(), timing.steadyRate());
    }

    static String floorName(boolean withBase) {
        return withBase ? FLOOR : FLOOR_NO_BASE;
    }

    List<String> lines(List<Job> jobs) {
        List<String> lines = new ArrayList<>();
        lines.add("| | whole process, s | × floor | steady, GB/s | × floor's time | peak RssAnon, MB | peak RSS, MB |");
        lines.add("|---|---:|---:|---:|---:|---:|---:|");
        for (boolean withBase : List.of(false, true)) {
            if (timings.containsKey(floorName(withBase))) {
                Timing floor = Timing.median(timings.getOrDefault(floorName(withBase), List.of()));
                lines.add(row(floorName(withBase), floor, floor));
                jobs.stream()
                        .filter(job -> job.readsBase() == withBase)
                        .forEach(job -> lines.add(
                                row(job.name(), Timing.median(timings.getOrDefault(job.name(), List.of())), floor)));
            }
        }
        return lines;
    }

    private static String row(String name, Timing run, Timing floor) {
        return String.format(
                Locale.ROOT,
                "| %s | %.2f | %.2f | %.3f | %.2f | %d | %d |",
                name,
                run.seconds(),
                run.seconds() / floor.seconds(),
                run.steadyRate(),
                floor.steadyRate() / run.steadyRate(),
                run.peakAnonBytes() / 1_000_000,
                run.peakResidentBytes() / 1_000_000);
    }
}
