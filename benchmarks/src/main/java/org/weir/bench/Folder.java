package org.weir.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/** A folder that goes away with what is in it. */
final class Folder {
    private Folder() {}

    /** Links inside are deleted and not followed. */
    static void delete(Path folder) throws IOException {
        List<Path> entries;
        try (var walk = Files.walk(folder)) {
            entries = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path entry : entries) {
            Files.delete(entry);
        }
    }
}
