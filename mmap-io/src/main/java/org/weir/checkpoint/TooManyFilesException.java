package org.weir.checkpoint;

import java.io.IOException;
import java.nio.file.Path;

/** More shards than this system lets one process map. */
public final class TooManyFilesException extends IOException {

    TooManyFilesException(Path file, int most) {
        super("%s: one file too many: %,d are mapped already, which is what vm.max_map_count leaves room for;"
                        .formatted(Printable.path(file), most)
                + " raise it (sysctl -w vm.max_map_count=1000000), or merge models with fewer and larger shards");
    }
}
