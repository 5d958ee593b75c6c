package org.weir.cli;

import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.weir.engine.MergeReport;
import org.weir.engine.StageTime;
import org.weir.engine.StageTime.Kind;

/**
 * Which share of all workers' time each stage took. While the end is being made durable all of them wait for the disk.
 *
 * @param stages what they worked at; adds up to their time but for publishing
 * @param workers how many
 * @param publishing how long they waited at the end
 */
record StageShares(List<StageTime> stages, int workers, Duration publishing) {
    static StageShares of(MergeReport report) {
        return new StageShares(report.stages(), report.workers(), report.publishing());
    }

    /** All workers' time. */
    long nanos() {
        return stages.stream().mapToLong(StageTime::nanos).sum() + publishingNanos();
    }

    /** From the beginning to the end. */
    double seconds() {
        return nanos() / 1e9 / workers;
    }

    double share(StageTime stage) {
        return shareOf(stage.nanos());
    }

    double publishingShare() {
        return shareOf(publishingNanos());
    }

    double share(Kind kind) {
        long nanos = stages.stream()
                .filter(stage -> stage.kind() == kind)
                .mapToLong(StageTime::nanos)
                .sum();
        return shareOf(nanos + (kind == Kind.WRITING ? publishingNanos() : 0));
    }

    /** What took most of the time that was not spent waiting for each other. */
    Kind limit() {
        return Stream.of(Kind.READING, Kind.COMPUTING, Kind.WRITING)
                .max(Comparator.comparingDouble(this::share))
                .orElseThrow();
    }

    /** Bytes a second of one core while it is at the stage; 0 where that means nothing. */
    static double perCore(StageTime stage) {
        return stage.nanos() == 0 ? 0 : stage.bytes() * 1e9 / stage.nanos();
    }

    /** Bytes a second that went through the stage, all in all. */
    double overall(StageTime stage) {
        return seconds() == 0 ? 0 : stage.bytes() / seconds();
    }

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("stages", stages.stream().map(this::json).toList());
        json.put("workerNanos", nanos());
        json.put("publishNanos", publishingNanos());
        json.put("limit", StageTable.name(limit()));
        for (Kind kind : Kind.values()) {
            json.put(StageTable.name(kind) + "Share", share(kind));
        }
        return json;
    }

    private Map<String, Object> json(StageTime stage) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("stage", stage.label());
        json.put("kind", StageTable.name(stage.kind()));
        json.put("calls", stage.calls());
        json.put("elements", stage.elements());
        json.put("bytes", stage.bytes());
        json.put("nanos", stage.nanos());
        json.put("share", share(stage));
        json.put("bytesPerSecondPerCore", Math.round(perCore(stage)));
        json.put("bytesPerSecond", Math.round(overall(stage)));
        return json;
    }

    private long publishingNanos() {
        return publishing.toNanos() * workers;
    }

    private double shareOf(long part) {
        long all = nanos();
        return all == 0 ? 0 : (double) part / all;
    }
}
