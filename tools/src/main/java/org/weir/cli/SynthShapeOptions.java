package org.weir.cli;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The size of a synthetic model: a preset, and what differs from it. */
final class SynthShapeOptions {
    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description =
                    "tiny, 0.5b, 8b or 64b; default ${DEFAULT-VALUE}. The options below change single sizes of it.")
    private String preset = "tiny";

    @Option(names = "--hidden", paramLabel = "N", description = "Hidden size.")
    private @Nullable Long hidden;

    @Option(names = "--layers", paramLabel = "N", description = "Layers.")
    private @Nullable Integer layers;

    @Option(names = "--intermediate", paramLabel = "N", description = "Size of the feed-forward layer.")
    private @Nullable Long intermediate;

    @Option(names = "--vocab", paramLabel = "N", description = "Vocabulary.")
    private @Nullable Long vocab;

    @Option(names = "--heads", paramLabel = "N", description = "Attention heads.")
    private @Nullable Integer heads;

    @Option(names = "--kv-heads", paramLabel = "N", description = "Key-value heads.")
    private @Nullable Integer kvHeads;

    @Option(names = "--tied", negatable = true, description = "Embedding and head are one tensor.")
    private @Nullable Boolean tied;

    /** @throws IllegalArgumentException if no such model can be */
    LlamaShape resolved() {
        LlamaShape base = LlamaShape.preset(preset)
                .orElseThrow(() -> new IllegalArgumentException(
                        "--preset " + preset + ": expected one of " + String.join(", ", LlamaShape.presetNames())));
        return new LlamaShape(
                or(hidden, base.hidden()),
                or(layers, base.layers()),
                or(intermediate, base.intermediate()),
                or(vocab, base.vocab()),
                or(heads, base.heads()),
                or(kvHeads, base.kvHeads()),
                or(tied, base.tied()));
    }

    private static <T> T or(@Nullable T given, T preset) {
        return Optional.ofNullable(given).orElse(preset);
    }
}
