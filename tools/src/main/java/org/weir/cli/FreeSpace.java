package org.weir.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** What is free on a disk. */
final class FreeSpace {
    private FreeSpace() {}

    /** Bytes where {@code path} is or would be; empty if no part of the path exists. */
    static OptionalLong at(Path path) throws IOException {
        for (Path place = path.toAbsolutePath(); place != null; place = place.getParent()) {
            if (Files.exists(place)) {
                return OptionalLong.of(Files.getFileStore(place).getUsableSpace());
            }
        }
        return OptionalLong.empty();
    }
}
