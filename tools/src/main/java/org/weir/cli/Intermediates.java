package org.weir.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.weir.checkpoint.ScratchFolder;
import org.weir.engine.CounterFile;
import org.weir.engine.Merge;
import org.weir.engine.MergeProgress;
import org.weir.engine.MergeReport;
import org.weir.engine.MergeStoppedException;
import org.weir.plan.MergeConfig;
import org.weir.plan.MergePlan;
import org.weir.plan.PlanException;

/** Makes what the last document of a config is merged from, in a folder that goes when the result is there or not to be. */
final class Intermediates implements AutoCloseable {
    private final Map<String, Path> made = new HashMap<>();
    private final @Nullable ScratchFolder scratch;

    private Intermediates(@Nullable ScratchFolder scratch) {
        this.scratch = scratch;
    }

    /**
     * Merges all steps but the last, once all are known to be possible; nothing for a config of one document.
     *
     * @param kept where the results are to stay, if they are
     */
    static Intermediates make(Steps steps, Path out, Optional<Path> kept, Output output, SignalStop signals)
            throws PlanException, IOException, MergeStoppedException {
        if (steps.before().isEmpty()) {
            return new Intermediates(null);
        }
        steps.planAll(Optional.of(out), (step, plan) -> {});
        Path beside = out.resolveSibling(out.getFileName() + ".steps");
        Intermediates intermediates = new Intermediates(kept.isPresent() ? null : ScratchFolder.at(beside));
        boolean done = false;
        try {
            for (MergeConfig step : steps.before()) {
                intermediates.merge(steps, step, kept.orElse(beside), output, signals);
            }
            done = true;
            return intermediates;
        } finally {
            if (!done) {
                intermediates.close();
            }
        }
    }

    /** Where the results of the steps are, by name. */
    Map<String, Path> made() {
        return made;
    }

    private void merge(Steps steps, MergeConfig step, Path folder, Output output, SignalStop signals)
            throws PlanException, IOException, MergeStoppedException {
        String name = Steps.name(step);
        Path target = folder.resolve(name);
        try (MergePlan plan = steps.plan(step, made, Optional.of(target));
                CounterFile counters = CounterFile.create(
                        target.toAbsolutePath().normalize().toString(),
                        plan.memory().workers(),
                        false)) {
            plan.notes().forEach(note -> output.note("step " + name + ": " + note));
            MergeProgress progress = new MergeProgress(counters);
            MergeReport report;
            try (Merge merge = Merge.once(plan, target, progress);
                    ProgressWatch _ = ProgressWatch.start(output, () -> MergeCommand.counts(progress))) {
                signals.calls(merge::stop);
                report = merge.run();
            }
            double seconds = report.elapsed().toMillis() / 1000.0;
            output.note("step " + name + ": " + MergeText.what(plan) + " in " + Seconds.text(seconds));
        }
        made.put(name, target);
    }

    @Override
    public void close() throws IOException {
        if (scratch != null) {
            scratch.close();
        }
    }
}
