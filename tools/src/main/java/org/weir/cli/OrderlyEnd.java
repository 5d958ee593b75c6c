package org.weir.cli;

import java.io.IOException;
import java.io.RandomAccessFile;

/** Tells the launcher, which waits at a pipe until the JVM is gone, that it ends and does not die. */
final class OrderlyEnd {
    /** The pipe; empty where nobody waits. */
    private static final String PIPE = System.getProperty("weir.end", "");

    private OrderlyEnd() {}

    static void say() {
        if (PIPE.isEmpty()) {
            return;
        }
        // For reading too: a pipe opened only for writing waits for a reader, who may have been killed.
        try (RandomAccessFile pipe = new RandomAccessFile(PIPE, "rw")) {
            pipe.write('\n');
        } catch (IOException e) {
            // Then it says that we died, which is better than to hang.
        }
    }
}
