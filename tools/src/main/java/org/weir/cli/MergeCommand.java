package org.weir.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.weir.engine.CounterFile;
import org.weir.engine.Merge;
import org.weir.engine.MergeProgress;
import org.weir.engine.MergeReport;
import org.weir.engine.MergeStoppedException;
import org.weir.engine.Steps;
import org.weir.plan.MergePlan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Merges. */
@Command(
        name = "merge",
        sortOptions = false,
        description = {
            "Merge checkpoints as CONFIG says and write the result to OUT.",
            "OUT appears when it is complete and on disk, or not at all."
        })
final class MergeCommand implements Callable<Integer> {
    /** A merge that is killed loses nothing, so nobody has to wait for a slow disk at its end. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Output output;
    private final SignalStop signals;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private final MergeArguments arguments = new MergeArguments();

    @Parameters(
            index = "1",
            arity = "0..1",
            hideParamSyntax = true,
            paramLabel = "OUT",
            description = "The folder for the result.")
    private @Nullable Path place;

    /** What mergekit-multi has for OUT. */
    @Option(names = "--out-path", hidden = true)
    private @Nullable Path outPath;

    @Option(
            names = {"-I", "--intermediate-dir"},
            paramLabel = "DIR",
            description =
                    "Where the results of a config's named documents go and stay; default: OUT.steps, for a while.")
    private @Nullable Path intermediateDir;

    @Option(
            names = {"--resume", "--lazy"},
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Go on with what an interrupted merge of the same config and inputs has left; the default.")
    private boolean resume;

    @Mixin
    private final ReportFile reportFile = new ReportFile();

    MergeCommand(Output output, SignalStop signals) {
        this.output = output;
        this.signals = signals;
    }

    @Override
    public Integer call() throws Exception {
        MergekitOptions.note(spec, output);
        Path out = out();
        String name = out.toAbsolutePath().normalize().toString();
        Optional<Path> kept = Optional.ofNullable(intermediateDir);
        try (Steps steps = arguments.steps(spec, Optional.of(out));
                Intermediates intermediates = Intermediates.make(steps, out, kept, resume, output, signals);
                MergePlan plan = steps.plan(steps.last(), intermediates.made(), Optional.of(out));
                CounterFile counters = CounterFile.create(name, plan.memory().workers(), false)) {
            reportFile.check(spec, plan);
            (output.isVerbose() ? PlanText.lines(plan, Optional.of(out)) : plan.notes()).forEach(output::note);
            MergeProgress progress = new MergeProgress(counters);
            MergeReport report = merge(plan, out, progress, resume, output, signals);
            intermediates.done();
            if (output.isJson()) {
                output.result(MergeJson.of(plan, out, report));
            } else {
                MergeText.lines(plan, out, report).forEach(output::result);
            }
            Findings findings = new Findings(plan, report);
            output.aside(findings.densities());
            findings.warnings().forEach(output::warning);
            measured(plan, report);
        }
        return ExitCode.DONE;
    }

    private Path out() {
        if (place != null && outPath != null) {
            throw new ParameterException(
                    spec.commandLine(), "a second place for the result; keep one of OUT and --out-path");
        }
        if (place == null && outPath == null) {
            throw new ParameterException(spec.commandLine(), "missing required parameter: 'OUT'");
        }
        return place != null ? place : Objects.requireNonNull(outPath);
    }

    static MergeReport merge(
            MergePlan plan, Path out, MergeProgress progress, boolean resume, Output output, SignalStop signals)
            throws IOException, MergeStoppedException {
        try (Merge merge = Merge.begin(plan, out, progress, resume)) {
            signals.calls(merge::stop, PATIENCE, () -> output.problem("stopped" + merge.whatIsLeft()));
            MergeText.beginning(merge, out).ifPresent(output::note);
            MergeReport report;
            try (ProgressWatch _ = ProgressWatch.start(output, () -> counts(progress))) {
                report = merge.run();
            }
            MergeText.damage(merge, out).ifPresent(output::note);
            return report;
        }
    }

    private void measured(MergePlan plan, MergeReport report) throws IOException {
        StageShares shares = StageShares.of(report);
        OptionalDouble readSpeed = ReadSpeed.after(shares.seconds(), plan);
        if (!output.isJson()) {
            output.aside(StageTable.lines(shares));
            output.aside(StageTable.verdict(shares, report.readBytes(), readSpeed));
        } else if (!output.isQuiet()) {
            output.event("stages", shares.json());
        }
        reportFile.write("merge", plan, Optional.of(out()), report, readSpeed);
    }

    static ProgressWatch.Counts counts(MergeProgress progress) {
        String phase = progress.phase().name().toLowerCase(Locale.ROOT);
        return new ProgressWatch.Counts(phase, progress.doneBytes(), progress.totalBytes());
    }
}
