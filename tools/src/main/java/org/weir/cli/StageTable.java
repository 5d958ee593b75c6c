package org.weir.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.weir.engine.StageTime;
import org.weir.engine.StageTime.Kind;

/** Where the time of a merge went, for people. */
final class StageTable {
    private StageTable() {}

    /** A row for each stage. */
    static List<String> lines(StageShares shares) {
        Table table = new Table().row("STAGE", "TIME", "GB/S PER CORE", "GB/S OVERALL");
        for (StageTime stage : shares.stages()) {
            table.row(
                    stage.label(),
                    percent(shares.share(stage)),
                    gigabytes(stage, StageShares.perCore(stage)),
                    gigabytes(stage, shares.overall(stage)));
        }
        if (!shares.publishing().isZero()) {
            table.row("publish", percent(shares.publishingShare()), "-", "-");
        }
        return table.lines();
    }

    /** Which part set the pace, and how near that came to what the machine's memory can do. */
    static List<String> verdict(StageShares shares, long readBytes, OptionalDouble readSpeed) {
        List<String> lines = new ArrayList<>();
        lines.add("limit: " + name(shares.limit()) + " (reading " + percent(shares.share(Kind.READING))
                + ", computing " + percent(shares.share(Kind.COMPUTING))
                + ", writing " + percent(shares.share(Kind.WRITING))
                + ", waiting for each other " + percent(shares.share(Kind.WAITING)) + ")");
        if (readSpeed.isPresent()) {
            double rate = readBytes / shares.seconds();
            lines.add("read " + ByteSize.rate(rate) + " in all, " + percent(rate / readSpeed.getAsDouble()) + " of the "
                    + ByteSize.rate(readSpeed.getAsDouble()) + " at which this machine reads memory");
        }
        return lines;
    }

    static String name(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private static String gigabytes(StageTime stage, double bytesPerSecond) {
        return stage.bytes() == 0 ? "-" : String.format(Locale.ROOT, "%.2f", bytesPerSecond / 1e9);
    }
}
