package org.weir.cli;

import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.weir.checkpoint.PageCache;
import org.weir.plan.Sidecar;
import picocli.CommandLine.Option;

/** How a merge is to behave beside other work on its machine. */
final class SidecarArguments {
    @Option(
            names = "--read-limit",
            paramLabel = "SIZE",
            converter = ByteSize.class,
            description = "Most bytes to read per second, all threads together: 200M.")
    private @Nullable Long readLimit;

    @Option(
            names = "--write-limit",
            paramLabel = "SIZE",
            converter = ByteSize.class,
            description = "Most bytes to write per second, all threads together.")
    private @Nullable Long writeLimit;

    @Option(
            names = "--page-cache",
            paramLabel = "keep|drop",
            description = "drop: let go of the cached pages of inputs and output as soon as they are done with,"
                    + " also those that were there before. Default ${DEFAULT-VALUE}.")
    private Pages pageCache = Pages.KEEP;

    @Option(
            names = "--nice",
            paramLabel = "N",
            description = "Let others have the processors and the disk first: 0 to 19.")
    private @Nullable Integer nice;

    /** As the option is written. */
    enum Pages {
        KEEP,
        DROP;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @throws IllegalArgumentException if one is out of range */
    Sidecar asked() {
        return new Sidecar(
                readLimit == null ? OptionalLong.empty() : OptionalLong.of(readLimit),
                writeLimit == null ? OptionalLong.empty() : OptionalLong.of(writeLimit),
                PageCache.valueOf(pageCache.name()),
                nice == null ? OptionalInt.empty() : OptionalInt.of(nice));
    }
}
