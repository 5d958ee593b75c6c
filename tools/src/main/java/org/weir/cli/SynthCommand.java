package org.weir.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.weir.checkpoint.DType;
import org.weir.checkpoint.DiskSpace;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes checkpoints of any size to try merges on. */
@Command(
        name = "synth",
        sortOptions = false,
        description = {
            "Make synthetic llama-like checkpoints: OUT/base and OUT/expert-1, OUT/expert-2, ...",
            "The same options give the same bytes on any machine."
        })
final class SynthCommand implements Callable<Integer> {
    /** The dtypes that it can make. */
    enum Element {
        BF16,
        F16,
        F32;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Output output;
    private final SignalStop signals;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "OUT", description = "The folder for the checkpoints.")
    private Path out = Path.of("");

    @Mixin
    private final SynthShapeOptions shape = new SynthShapeOptions();

    @Option(names = "--experts", paramLabel = "N", description = "Experts beside the base; default ${DEFAULT-VALUE}.")
    private int experts = 2;

    @Option(names = "--dtype", paramLabel = "bf16|f16|f32", description = "Element type; default ${DEFAULT-VALUE}.")
    private Element dtype = Element.BF16;

    @Option(
            names = "--delta-scale",
            paramLabel = "X",
            defaultValue = "2e-4",
            description = "Standard deviation of the experts' deltas; default ${DEFAULT-VALUE}.")
    private double deltaScale;

    @Option(
            names = "--zero-share",
            paramLabel = "P",
            defaultValue = "0",
            description = "Share of deltas that are exactly 0; default ${DEFAULT-VALUE}.")
    private double zeroShare;

    @Option(
            names = "--shard-size",
            paramLabel = "SIZE",
            converter = ByteSize.OfShard.class,
            defaultValue = "5GB",
            description = "Largest shard; default ${DEFAULT-VALUE}.")
    private long shardBytes;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Other values for another seed; default ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--sparse",
            description =
                    "Headers and holes only: all values are 0 and take no disk space, for sizes that would not fit.")
    private boolean sparse;

    @Option(
            names = {"-j", "--num-threads"},
            paramLabel = "N",
            description = "Threads; default: the processors.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--overwrite", description = "Replace checkpoints that are there.")
    private boolean overwrite;

    SynthCommand(Output output, SignalStop signals) {
        this.output = output;
        this.signals = signals;
    }

    @Override
    public Integer call() throws Exception {
        SynthSpec synth = checked();
        refuseWhatIsThere(synth);
        SynthRun run = new SynthRun(synth, out, shardBytes, overwrite, threads);
        if (!sparse && !overwrite && !fits(run)) {
            return ExitCode.RESOURCES;
        }
        Files.createDirectories(out);
        long start = System.nanoTime();
        if (sparse) {
            run.writeSparse();
        } else {
            signals.calls(run::stop);
            try (ProgressWatch _ = ProgressWatch.start(output, run::counts)) {
                run.write();
            }
        }
        report(synth, run.totalBytes(), Seconds.since(start));
        return ExitCode.DONE;
    }

    private SynthSpec checked() {
        try {
            if (threads < 1) {
                throw new IllegalArgumentException("--num-threads " + threads + " is less than 1");
            }
            DType type = DType.valueOf(dtype.name());
            return new SynthSpec(shape.resolved(), type, experts, deltaScale, zeroShare, seed);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()), wrong);
        }
    }

    private void refuseWhatIsThere(SynthSpec synth) throws FileAlreadyExistsException {
        for (int model = 0; model < synth.models() && !overwrite; model++) {
            Path folder = out.resolve(SynthSpec.folder(model));
            if (Files.exists(folder)) {
                throw new FileAlreadyExistsException(folder.toString(), null, "exists; --overwrite replaces it");
            }
        }
    }

    private boolean fits(SynthRun run) throws IOException {
        long free = DiskSpace.usableBytesAt(out).orElse(Long.MAX_VALUE);
        if (free < run.totalBytes()) {
            output.problem(out + ": not enough space: " + ByteSize.text(run.totalBytes()) + " are needed, "
                    + ByteSize.text(free) + " are free; --sparse takes none");
        }
        return free >= run.totalBytes();
    }

    private void report(SynthSpec synth, long bytes, double seconds) {
        if (output.isJson()) {
            output.result(SynthReport.json(synth, out, sparse, bytes, seconds));
        } else {
            SynthReport.lines(synth, out, sparse, bytes, seconds).forEach(output::result);
        }
    }
}
