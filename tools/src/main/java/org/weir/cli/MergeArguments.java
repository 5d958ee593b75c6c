package org.weir.cli;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.weir.checkpoint.TensorReader;
import org.weir.engine.Steps;
import org.weir.plan.MergeConfig;
import org.weir.plan.MergeOptions;
import org.weir.plan.PlanException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** What merge and plan are told; the names are mergekit's where it has one. */
final class MergeArguments {
    private static final MergeOptions DEFAULTS = MergeOptions.defaults();

    @Parameters(index = "0", paramLabel = "CONFIG", description = "The merge, as a mergekit YAML file.")
    private Path config = Path.of("");

    @Option(
            names = {"-j", "--num-threads"},
            paramLabel = "N",
            description = "Worker threads; default: the processors.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            converter = ByteSize.class,
            description = {
                "The most memory to use; a merge that needs more is refused before it starts.",
                "400M and 2G are decimal (10^6, 10^9), 400Mi and 2Gi binary (2^20, 2^30). Default: what the machine or its container has."
            })
    private @Nullable Long memoryBytes;

    @Option(
            names = "--tile-elements",
            paramLabel = "N",
            description = "Elements per tile, the unit of work; default ${DEFAULT-VALUE}. Never changes the result.")
    private int tileElements = DEFAULTS.tileElements();

    @Option(
            names = "--out-shard-size",
            paramLabel = "SIZE",
            converter = ByteSize.OfShard.class,
            defaultValue = "5GB",
            description =
                    "Most data in one output file, in decimal units; mergekit's 5B is 5GB. Default ${DEFAULT-VALUE}.")
    private long outShardBytes;

    @Option(
            names = "--random-seed",
            paramLabel = "N",
            description =
                    "Seed of the methods that drop at random; default ${DEFAULT-VALUE}, so a merge can be repeated.")
    private long seed = DEFAULTS.seed();

    @Option(names = "--overwrite", description = "Replace OUT if it exists, once the new result is complete.")
    private boolean overwrite;

    @Option(
            names = "--copy-tokenizer",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Copy tokenizer files into OUT; the default.")
    private boolean copyTokenizer;

    @Option(
            names = "--write-model-card",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Write README.md and mergekit_config.yml into OUT; the default.")
    private boolean writeModelCard;

    @Option(
            names = "--copy-from-base",
            description =
                    "Copy tensors that cannot be merged (integers, booleans, FP8) from the base although the models disagree on them.")
    private boolean copyFromBase;

    @Option(
            names = "--reader",
            paramLabel = "mapped|copied|direct",
            description = {
                "How inputs are read: as mapped pages, copied through the page cache, or past the cache.",
                "Default: mapped or copied, whichever is faster here; direct where memory is short. Never changes the result."
            })
    private @Nullable Reader reader;

    @Mixin
    private final ExactnessArguments exactness = new ExactnessArguments();

    @Mixin
    private final SidecarArguments sidecar = new SidecarArguments();

    /** As the option is written. */
    enum Reader {
        MAPPED,
        COPIED,
        DIRECT;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    Path config() {
        return config;
    }

    /**
     * What was asked for, of any number of documents, of which none is planned yet.
     *
     * @throws ParameterException if an option is out of range or a path is none that can be meant
     */
    Steps steps(CommandSpec command, Optional<Path> out) throws PlanException {
        requirePaths(command, out);
        MergeOptions options = options(command);
        return new Steps(MergeConfig.readAll(config), Path.of(""), options);
    }

    private void requirePaths(CommandSpec command, Optional<Path> out) {
        if (config.toString().isEmpty()) {
            throw new ParameterException(command.commandLine(), "an empty name for CONFIG");
        }
        if (out.isPresent() && isWorkingFolder(out.get())) {
            throw new ParameterException(
                    command.commandLine(), "the folder that you are in cannot be the output; name another");
        }
    }

    private static boolean isWorkingFolder(Path out) {
        return out.toAbsolutePath()
                .normalize()
                .equals(Path.of("").toAbsolutePath().normalize());
    }

    private MergeOptions options(CommandSpec command) {
        OptionalLong memory = memoryBytes == null ? OptionalLong.empty() : OptionalLong.of(memoryBytes);
        try {
            return new MergeOptions(
                    outShardBytes,
                    seed,
                    threads,
                    memory,
                    tileElements,
                    overwrite,
                    copyTokenizer,
                    writeModelCard,
                    copyFromBase,
                    Optional.ofNullable(reader).map(way -> TensorReader.Way.valueOf(way.name())),
                    sidecar.asked(),
                    exactness.asked());
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(command.commandLine(), String.valueOf(wrong.getMessage()), wrong);
        }
    }
}
