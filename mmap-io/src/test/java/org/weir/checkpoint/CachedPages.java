package org.weir.checkpoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** What the page cache has of a file, as {@code fincore} of util-linux says. */
final class CachedPages {
    private CachedPages() {}

    /** Skips the test where there is no such program. */
    static long bytes(Path file) throws IOException, InterruptedException {
        Process fincore;
        try {
            fincore = new ProcessBuilder("fincore", "--bytes", "--noheadings", "--output", "RES", file.toString())
                    .start();
        } catch (IOException e) {
            Assumptions.abort("needs fincore of util-linux: " + e.getMessage());
            throw e;
        }
        String said = new String(fincore.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Assumptions.assumeTrue(fincore.waitFor() == 0, "fincore does not work here");
        return Long.parseLong(said.strip());
    }
}
