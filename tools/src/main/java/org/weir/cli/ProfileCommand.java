package org.weir.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.weir.engine.CounterFile;
import org.weir.engine.MergeProgress;
import org.weir.engine.MergeReport;
import org.weir.engine.Profile;
import org.weir.engine.Steps;
import org.weir.plan.MergePlan;
import org.weir.plan.PlanException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Merges for the sake of knowing where the time goes. */
@Command(
        name = "profile",
        sortOptions = false,
        description = {
            "Merge as CONFIG says, throw the output away, and show where the time went.",
            "Stages run one by one under the clock, so all in all it is slower than merge."
        })
final class ProfileCommand implements Callable<Integer> {
    private final Output output;
    private final SignalStop signals;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private final MergeArguments arguments = new MergeArguments();

    @Option(names = "--seconds", paramLabel = "N", description = "Stop after N seconds; what was measured is shown.")
    private @Nullable Double seconds;

    @Mixin
    private final ReportFile reportFile = new ReportFile();

    ProfileCommand(Output output, SignalStop signals) {
        this.output = output;
        this.signals = signals;
    }

    @Override
    public Integer call() throws Exception {
        Optional<Duration> limit = limit();
        MergekitOptions.note(spec, output);
        try (Steps steps = arguments.steps(spec, Optional.empty());
                MergePlan plan = plan(steps);
                CounterFile counters = CounterFile.create(
                        "profile of " + arguments.config(), plan.memory().workers(), true)) {
            reportFile.check(spec, plan);
            (output.isVerbose() ? PlanText.lines(plan, Optional.empty()) : plan.notes()).forEach(output::note);
            MergeProgress progress = new MergeProgress(counters);
            Profile profile = new Profile(plan, progress);
            signals.calls(profile::stop);
            MergeReport report;
            try (ProgressWatch _ = ProgressWatch.start(output, () -> MergeCommand.counts(progress))) {
                report = profile.run(limit);
            }
            OptionalDouble readSpeed = ReadSpeed.after(report.elapsed().toMillis() / 1000.0, plan);
            if (output.isJson()) {
                output.result(ReportFile.json("profile", plan, Optional.empty(), report, readSpeed));
            } else {
                lines(plan, report, progress, readSpeed).forEach(output::result);
            }
            new Findings(plan, report).warnings().forEach(output::warning);
            reportFile.write("profile", plan, Optional.empty(), report, readSpeed);
        }
        return ExitCode.DONE;
    }

    /** Of the result: what it is made of is a part of it or an input, since nothing is written here that it could read. */
    private MergePlan plan(Steps steps) throws PlanException, IOException {
        if (steps.areSeveral()) {
            steps.planAll(
                    false,
                    Optional.empty(),
                    (step, plan) ->
                            steps.fusedInto(step).ifPresent(user -> Intermediates.note(output, step, plan, user)));
        }
        if (!steps.written().isEmpty()) {
            String name = Steps.name(steps.written().getFirst());
            throw new ParameterException(
                    spec.commandLine(),
                    "the step " + name + " is written before others read it, and profile writes nothing; "
                            + "weir merge CONFIG OUT --intermediate-dir DIR keeps it, then profile"
                            + " the documents one by one, with DIR/" + name + " as a model");
        }
        return steps.plan(steps.last(), Map.of(), Optional.empty());
    }

    private Optional<Duration> limit() {
        if (seconds == null) {
            return Optional.empty();
        }
        if (!(seconds > 0 && seconds < Integer.MAX_VALUE)) {
            throw new ParameterException(spec.commandLine(), "--seconds must be above 0");
        }
        return Optional.of(Duration.ofNanos(Math.round(seconds * 1e9)));
    }

    private static List<String> lines(
            MergePlan plan, MergeReport report, MergeProgress progress, OptionalDouble readSpeed) {
        double seconds = report.elapsed().toMillis() / 1000.0;
        double done = progress.totalBytes() == 0 ? 1 : (double) progress.doneBytes() / progress.totalBytes();
        List<String> lines = new ArrayList<>();
        lines.add("profile: " + MergeText.what(plan) + ", " + StageTable.percent(done) + " of it in "
                + Seconds.text(seconds));
        lines.add("  read " + ByteSize.text(report.readBytes()) + " at " + ByteSize.rate(report.readBytes(), seconds)
                + ", threw away " + ByteSize.text(report.writtenBytes()));
        lines.add("  " + MergeText.threads(report));
        lines.add("");
        StageShares shares = StageShares.of(report);
        lines.addAll(StageTable.lines(shares));
        lines.add("");
        lines.addAll(StageTable.verdict(shares, report.readBytes(), readSpeed));
        return lines;
    }
}
