package org.weir.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.weir.checkpoint.CheckpointWriter;
import org.weir.checkpoint.ScratchFolder;
import org.weir.engine.CounterFile;
import org.weir.engine.FinishedMerge;
import org.weir.engine.MergeProgress;
import org.weir.engine.MergeReport;
import org.weir.engine.MergeStoppedException;
import org.weir.engine.Steps;
import org.weir.plan.MergeConfig;
import org.weir.plan.MergePlan;
import org.weir.plan.PlanException;
import org.weir.plan.PlanProblem;

/**
 * Writes what the last document of a config is merged from and cannot be fused with, in a folder that goes when the result is
 * there. After an interruption the same command finds what is finished in it.
 */
final class Intermediates implements AutoCloseable {
    private final Map<String, Path> made = new HashMap<>();
    private final Output output;
    private final SignalStop signals;
    private final boolean resume;
    private final Path folder;
    private final @Nullable ScratchFolder scratch;
    private boolean done;

    private Intermediates(
            Output output, SignalStop signals, boolean resume, Path folder, @Nullable ScratchFolder scratch) {
        this.output = output;
        this.signals = signals;
        this.resume = resume;
        this.folder = folder;
        this.scratch = scratch;
    }

    /**
     * Merges all steps that have to be written, once all are known to be possible; nothing for a config of one document.
     *
     * @param kept where the results are to stay, if they are
     * @param resume whether what an interrupted merge has left is gone on with
     */
    static Intermediates make(
            Steps steps, Path out, Optional<Path> kept, boolean resume, Output output, SignalStop signals)
            throws PlanException, IOException, MergeStoppedException {
        if (steps.areSeveral()) {
            steps.planAll(
                    kept.isPresent(),
                    Optional.of(out),
                    (step, plan) -> steps.fusedInto(step).ifPresent(user -> note(output, step, plan, user)));
        }
        for (MergeConfig step : kept.isPresent() ? steps.written() : List.<MergeConfig>of()) {
            requireApart(CheckpointWriter.place(kept.get().resolve(Steps.name(step))), CheckpointWriter.place(out));
        }
        Path beside = out.resolveSibling(out.getFileName() + ".steps");
        boolean temporary = kept.isEmpty() && !steps.written().isEmpty();
        Intermediates intermediates = new Intermediates(
                output, signals, resume, kept.orElse(beside), temporary ? ScratchFolder.at(beside, resume) : null);
        boolean made = false;
        try {
            for (MergeConfig step : steps.written()) {
                intermediates.make(steps, step);
            }
            made = true;
            return intermediates;
        } finally {
            if (!made) {
                intermediates.close();
            }
        }
    }

    /** Said before the first step is merged: the last one could not be written into what it is merged from. */
    private static void requireApart(Path step, Path out) throws PlanException {
        if (step.startsWith(out) || out.startsWith(step)) {
            throw new PlanException(List.of(new PlanProblem(
                    PlanProblem.Kind.CONFIG,
                    step.toString(),
                    "a step's result would lie in or around OUT; give another --intermediate-dir")));
        }
    }

    /** Says that a step is a part of what uses it, and what is to be known of it. */
    static void note(Output output, MergeConfig step, MergePlan plan, String user) {
        String prefix = "step " + Steps.name(step) + ": ";
        output.note(prefix + "computed as " + user + " reads it");
        plan.notes().forEach(note -> output.note(prefix + note));
    }

    /** Where the results of the steps are, by name. */
    Map<String, Path> made() {
        return made;
    }

    private void make(Steps steps, MergeConfig step) throws PlanException, IOException, MergeStoppedException {
        String name = Steps.name(step);
        Path target = folder.resolve(name);
        if (resume && isFinished(steps, step, target)) {
            output.note("step " + name + ": was finished before, and is as it was written");
        } else {
            if (scratch != null) {
                scratch.remove(name);
            }
            merge(steps, step, target);
        }
        made.put(name, target);
    }

    private boolean isFinished(Steps steps, MergeConfig step, Path target) throws PlanException, IOException {
        if (Files.notExists(target)) {
            return false;
        }
        try (MergePlan plan = steps.plan(step, made, Optional.empty())) {
            return FinishedMerge.isSound(plan, target);
        }
    }

    private void merge(Steps steps, MergeConfig step, Path target)
            throws PlanException, IOException, MergeStoppedException {
        String prefix = "step " + Steps.name(step) + ": ";
        try (MergePlan plan = steps.plan(step, made, Optional.of(target));
                CounterFile counters = CounterFile.create(
                        target.toAbsolutePath().normalize().toString(),
                        plan.memory().workers(),
                        false)) {
            plan.notes().forEach(note -> output.note(prefix + note));
            MergeReport report = MergeCommand.merge(plan, target, new MergeProgress(counters), resume, output, signals);
            double seconds = report.elapsed().toMillis() / 1000.0;
            output.note(prefix + MergeText.what(plan) + " in " + Seconds.text(seconds));
            new Findings(plan, report).warnings().forEach(warning -> output.warning(prefix + warning));
        }
    }

    /** The result is there: nobody needs the steps any more. */
    void done() {
        done = true;
    }

    @Override
    public void close() throws IOException {
        if (scratch != null) {
            if (done || scratch.isEmpty()) {
                scratch.close();
            } else {
                scratch.leave();
            }
        }
    }
}
