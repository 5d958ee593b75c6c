package org.weir.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Has a JVM that crashes while an output is staged write why into the staging folder, which outlives containers and jobs.
 *
 * <p>HotSpot is told the page's name when it starts, and there is no such folder then. So the launcher gives it one in a
 * folder of the user's, and while something is staged that name is a link into the staging folder: HotSpot follows it.
 */
final class CrashPages implements AutoCloseable {
    private static final String PREFIX = "hs_err_";

    /** The name that HotSpot was told; empty where nobody did. */
    private static final String TOLD = System.getProperty("weir.crash", "");

    private final Optional<Path> link;

    private CrashPages(Optional<Path> link) {
        this.link = link;
    }

    /** From now on and until it is closed; where that cannot be, the page goes where the launcher has it. */
    static CrashPages into(Path folder) {
        return TOLD.isEmpty() ? new CrashPages(Optional.empty()) : of(Path.of(TOLD), folder);
    }

    /** @param told the name that HotSpot writes to */
    static CrashPages of(Path told, Path folder) {
        try {
            Path page = folder.toAbsolutePath().resolve(told.getFileName());
            return new CrashPages(Optional.of(Files.createSymbolicLink(told, page)));
        } catch (IOException | UnsupportedOperationException e) {
            return new CrashPages(
                    Optional.empty()); // what is there, such as the link to another output, stays as it is
        }
    }

    static boolean isOne(Path file) {
        return String.valueOf(file.getFileName()).startsWith(PREFIX);
    }

    /** Removes those of earlier runs: nobody looks for them in an output that is there. */
    static void removeFrom(Path folder) throws IOException {
        List<Path> pages;
        try (Stream<Path> files = Files.list(folder)) {
            pages = files.filter(CrashPages::isOne).toList();
        }
        for (Path page : pages) {
            Folders.removeTree(page);
        }
    }

    @Override
    public void close() {
        link.ifPresent(made -> {
            try {
                Files.deleteIfExists(made);
            } catch (IOException e) {
                // Whoever starts with this process's number next removes it.
            }
        });
    }
}
