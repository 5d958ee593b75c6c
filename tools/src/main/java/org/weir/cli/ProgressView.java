package org.weir.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** One way of showing how far a run is. */
sealed interface ProgressView extends AutoCloseable permits ProgressOnTerminal, ProgressLines, ProgressEvents {
    /** How often to show. */
    Duration interval();

    void show(Reading reading);

    @Override
    void close();

    /** What fits where stderr leads to. */
    static ProgressView suiting(Output output) {
        if (output.isJson()) {
            return new ProgressEvents(output);
        }
        return isTerminal(2) ? new ProgressOnTerminal(output.err()) : new ProgressLines(output.err());
    }

    /** System.console() speaks of stdin and stdout together only. */
    static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
