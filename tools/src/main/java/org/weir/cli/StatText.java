package org.weir.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.weir.engine.RunningMerge;

/** What the counters of another process say. */
final class StatText {
    private StatText() {}

    /** @param bytesPerSecond of late, or on average */
    static List<String> lines(RunningMerge merge, double bytesPerSecond) {
        StageShares shares = shares(merge);
        List<String> lines = new ArrayList<>();
        lines.add("process " + merge.pid() + ": " + merge.name());
        String done = ByteSize.text(merge.doneBytes()) + " of " + ByteSize.text(merge.totalBytes());
        if (merge.alive()) {
            Reading reading = new Reading("", merge.doneBytes(), merge.totalBytes(), 0, bytesPerSecond);
            String left = reading.secondsLeft().isPresent()
                    ? ", " + Seconds.text(reading.secondsLeft().getAsDouble()) + " left"
                    : "";
            lines.add("  " + phase(merge) + ": " + done + ", " + percentDone(merge) + ", "
                    + ByteSize.rate(bytesPerSecond) + left);
            lines.add("  " + merge.workers() + (merge.workers() == 1 ? " thread" : " threads") + ", started "
                    + Seconds.text(merge.age().toMillis() / 1000.0) + " ago");
        } else {
            lines.add("  process " + merge.pid() + " ended without finishing, " + phase(merge) + ", at " + done + ", "
                    + percentDone(merge));
        }
        if (!merge.stages().isEmpty()) {
            StageTable.lines(shares).forEach(line -> lines.add("  " + line));
        }
        return lines;
    }

    static Map<String, Object> json(RunningMerge merge) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("pid", merge.pid());
        json.put("name", merge.name());
        json.put("alive", merge.alive());
        json.put("started", merge.started().toString());
        json.put("threads", merge.workers());
        json.put("phase", phase(merge));
        json.put("doneBytes", merge.doneBytes());
        json.put("totalBytes", merge.totalBytes());
        json.putAll(shares(merge).json());
        return json;
    }

    /** Since the workers began. */
    static double average(RunningMerge merge) {
        double seconds = shares(merge).seconds();
        return seconds > 0 ? merge.doneBytes() / seconds : 0;
    }

    private static StageShares shares(RunningMerge merge) {
        return new StageShares(merge.stages(), Math.max(1, merge.workers()), Duration.ZERO);
    }

    private static String phase(RunningMerge merge) {
        return merge.phase().name().toLowerCase(Locale.ROOT);
    }

    private static String percentDone(RunningMerge merge) {
        return StageTable.percent(merge.totalBytes() == 0 ? 0 : (double) merge.doneBytes() / merge.totalBytes());
    }
}
