package org.weir.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.weir.engine.Merge;
import org.weir.engine.MergeReport;
import org.weir.engine.TensorFacts;
import org.weir.plan.Input;
import org.weir.plan.MergePlan;

/** What a merge did, in a few lines. */
final class MergeText {
    private MergeText() {}

    static List<String> lines(MergePlan plan, Path out, MergeReport report) {
        double seconds = report.elapsed().toMillis() / 1000.0;
        String counts =
                plan.tensorCounts().entrySet().stream().map(MergeText::count).collect(Collectors.joining(", "));
        List<String> lines = new ArrayList<>(List.of(
                out + ": " + what(plan) + " in " + Seconds.text(seconds),
                "  " + tensors(plan.tensors().size()) + counts,
                "  read " + ByteSize.text(report.readBytes()) + " at " + ByteSize.rate(report.readBytes(), seconds)
                        + ", wrote " + ByteSize.text(report.writtenBytes()) + " in " + PlanText.shards(plan),
                "  " + threads(report)));
        TensorFacts.survived(report.facts())
                .ifPresent(survived -> lines.add(
                        "  " + StageTable.percent(survived) + " of the update survived rounding, by a sample"));
        return lines;
    }

    /** What becomes of what an interrupted merge has left, if there was one. */
    static Optional<String> beginning(Merge merge, Path out) {
        return merge.recovery()
                .map(recovery -> out + ": goes on with a merge that was interrupted, whose "
                        + ByteSize.text(recovery.claimedBytes()) + " are read back first")
                .or(() -> merge.obstacle()
                        .map(why -> out + ": begins anew and removes what a merge that was interrupted had finished: "
                                + why));
    }

    /** What of it was not as it should be. */
    static Optional<String> damage(Merge merge, Path out) {
        return merge.recovery()
                .filter(recovery -> recovery.damagedBytes() > 0)
                .map(recovery -> out + ": " + ByteSize.text(recovery.damagedBytes())
                        + " of what it had finished were not on the disk as they should be, and were made again");
    }

    static String what(MergePlan plan) {
        return plan.method().name() + " of " + models(plan);
    }

    static String threads(MergeReport report) {
        return report.workers() + (report.workers() == 1 ? " thread, " : " threads, ") + report.kernels();
    }

    static long experts(MergePlan plan) {
        return plan.inputs().stream()
                .filter(input -> input.role() == Input.Role.EXPERT)
                .count();
    }

    private static String models(MergePlan plan) {
        long experts = experts(plan);
        String base = plan.base()
                .map(Input::reference)
                .map(name -> " with base " + name)
                .orElse("");
        return experts + (experts == 1 ? " expert" : " experts") + base;
    }

    private static String tensors(int count) {
        return count + (count == 1 ? " tensor: " : " tensors: ");
    }

    private static String count(Map.Entry<String, Long> treatment) {
        return treatment.getValue() + " " + treatment.getKey();
    }
}
