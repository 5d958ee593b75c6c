package org.weir.checkpoint;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How readily this process lets others have the processors: 0 as everybody, 19 only what nobody else wants. The kernel
 * derives the order of disk requests from it too, where the disk's scheduler knows an order.
 */
public final class Niceness {
    private static final Path THREADS = Path.of("/proc/self/task");
    private static final int PRIO_PROCESS = 0;
    private static final NativeCall SET_PRIORITY = NativeCall.of(
            "setpriority", NativeCall.returningInt(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private Niceness() {}

    /**
     * Sets it for all threads there are, and so for those that they start. Linux has it per thread.
     *
     * @throws IOException if it may not be set: lower than it is, it takes a privilege
     */
    public static void set(int niceness) throws IOException {
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(THREADS)) {
            for (Path thread : threads) {
                int id = Integer.parseInt(thread.getFileName().toString());
                if (SET_PRIORITY.call(PRIO_PROCESS, id, niceness) < 0 && Files.exists(thread)) {
                    throw new IOException("--nice " + niceness + " is not allowed here");
                }
            }
        }
    }
}
