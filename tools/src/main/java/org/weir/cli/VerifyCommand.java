package org.weir.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.weir.checkpoint.FolderCheck;
import org.weir.checkpoint.FolderCheck.Damage;
import org.weir.checkpoint.Manifest;
import org.weir.engine.MergeProgress;
import org.weir.engine.MergeStoppedException;
import org.weir.engine.Recomputation;
import org.weir.engine.Sample;
import org.weir.plan.PlanException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Checks that an output is, bit for bit, what a merge has written. */
@Command(
        name = "verify",
        sortOptions = false,
        description = {
            "Read every file of a merge's output and compare it with the checksums in its merge-manifest.json.",
            "Exit code 0 if all is as it was written, 3 if not."
        })
final class VerifyCommand implements Callable<Integer> {
    private final Output output;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "DIR", description = "The output of a merge.")
    private Path folder = Path.of("");

    @Option(
            names = "--against-inputs",
            paramLabel = "SHARE",
            description =
                    "Also make this share of it again from the inputs, at random places, and compare: 0.01, or 1.")
    private @Nullable Double share;

    @Option(
            names = {"-j", "--num-threads"},
            paramLabel = "N",
            description = "Threads; default: the processors.")
    private int threads = Runtime.getRuntime().availableProcessors();

    VerifyCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException, PlanException, MergeStoppedException {
        Optional<Sample> sample = sample();
        if (threads < 1) {
            throw new ParameterException(spec.commandLine(), "--num-threads must be at least 1");
        }
        JsonNode manifest = Manifest.read(folder);
        FolderCheck check = new FolderCheck(folder, manifest);
        LongAdder done = new LongAdder();
        List<Damage> damages;
        try (ProgressWatch _ =
                ProgressWatch.start(output, () -> new ProgressWatch.Counts("verifying", done.sum(), check.bytes()))) {
            damages = check.run(threads, done::add);
        }
        damages.forEach(this::problem);
        boolean sound = damages.isEmpty() && (sample.isEmpty() || comesOutTheSame(manifest, sample.get()));
        if (sound) {
            report(manifest, check.bytes(), sample);
        }
        return sound ? ExitCode.DONE : ExitCode.INPUT;
    }

    private void problem(Object what) {
        output.problem(folder + ": " + what);
    }

    private Optional<Sample> sample() {
        try {
            return Optional.ofNullable(share)
                    .map(part -> new Sample(part, ThreadLocalRandom.current().nextLong()));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--against-inputs: " + e.getMessage(), e);
        }
    }

    private boolean comesOutTheSame(JsonNode manifest, Sample sample)
            throws IOException, PlanException, MergeStoppedException {
        MergeProgress progress = new MergeProgress();
        try (Recomputation recomputation = Recomputation.of(folder, manifest, threads);
                ProgressWatch _ = ProgressWatch.start(output, () -> MergeCommand.counts(progress))) {
            Optional<String> obstacle = recomputation.obstacle();
            obstacle.ifPresent(why -> problem("it cannot be made again from the inputs: " + why));
            List<Damage> differences = obstacle.isPresent() ? List.of() : recomputation.run(sample, progress);
            differences.forEach(this::problem);
            return obstacle.isEmpty() && differences.isEmpty();
        }
    }

    private void report(JsonNode manifest, long bytes, Optional<Sample> sample) {
        int files = manifest.path("files").size() + manifest.path("shards").size() + 1;
        if (output.isJson()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("event", "verified");
            json.put("path", folder.toString());
            json.put("files", files);
            json.put("tensors", manifest.path("tensors").size());
            json.put("bytes", bytes);
            sample.ifPresent(part -> json.put("againstInputs", part.share()));
            output.result(json);
        } else {
            output.result(folder + ": " + files + " files, " + ByteSize.text(bytes) + ": all as they were written");
            sample.ifPresent(part -> output.result(
                    "  made again from the inputs: " + StageTable.percent(part.share()) + " of it, the same bytes"));
        }
    }
}
