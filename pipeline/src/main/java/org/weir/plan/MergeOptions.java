package org.weir.plan;

import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.OptionalLong;
import org.weir.checkpoint.TensorReader;

/**
 * What the command line says beside the config.
 *
 * @param outShardBytes the most tensor bytes in one output file
 * @param seed of everything random
 * @param threads how many workers
 * @param memoryBytes the most memory that is not file pages; by default what the machine or its container has
 * @param tileElements how many elements are read, merged and written at a time
 * @param overwrite whether an existing output is replaced
 * @param copyTokenizer whether the donor's tokenizer files are copied
 * @param writeModelCard whether a README.md and the config are written into the output
 * @param copyFromBase whether tensors that cannot be merged are taken from the base although the experts' differ
 * @param reader how inputs are read; by default what fits the memory
 * @param sidecar how it behaves beside other work
 * @param exactness what it does where numbers or tensors do not fit
 */
public record MergeOptions(
        long outShardBytes,
        long seed,
        int threads,
        OptionalLong memoryBytes,
        int tileElements,
        boolean overwrite,
        boolean copyTokenizer,
        boolean writeModelCard,
        boolean copyFromBase,
        Optional<TensorReader.Way> reader,
        Sidecar sidecar,
        Exactness exactness) {

    public static final long DEFAULT_SHARD_BYTES = 5_000_000_000L;
    public static final int DEFAULT_TILE_ELEMENTS = 1 << 17;
    /** Larger ones make a merge no faster, and each worker keeps one. */
    public static final int MAX_TILE_ELEMENTS = 1 << 24;

    /** More than the processors of any machine that there is. */
    public static final int MAX_THREADS = 1024;

    public MergeOptions {
        require("--out-shard-size", outShardBytes, Long.MAX_VALUE);
        require("--num-threads", threads, MAX_THREADS);
        require("--tile-elements", tileElements, MAX_TILE_ELEMENTS);
    }

    private static void require(String option, long value, long most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException("%s %d: expected 1 to %d".formatted(option, value, most));
        }
    }

    /** The most memory to use: what was asked for, or what the machine or its container has. */
    public long memoryLimitBytes() {
        var machine = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return memoryBytes.orElse(machine.getTotalMemorySize());
    }

    /** The same, with all that never shows in the output as if nothing had been said about it. */
    public MergeOptions ofOutput() {
        return new MergeOptions(
                outShardBytes,
                seed,
                1,
                OptionalLong.empty(),
                DEFAULT_TILE_ELEMENTS,
                false,
                copyTokenizer,
                writeModelCard,
                copyFromBase,
                Optional.empty(),
                Sidecar.none(),
                exactness);
    }

    /** What holds when the command line says nothing. */
    public static MergeOptions defaults() {
        return new MergeOptions(
                DEFAULT_SHARD_BYTES,
                0,
                Runtime.getRuntime().availableProcessors(),
                OptionalLong.empty(),
                DEFAULT_TILE_ELEMENTS,
                false,
                true,
                true,
                false,
                Optional.empty(),
                Sidecar.none(),
                Exactness.strict());
    }
}
