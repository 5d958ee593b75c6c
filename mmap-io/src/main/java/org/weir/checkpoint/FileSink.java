package org.weir.checkpoint;

import java.io.IOException;
import java.nio.file.Path;

/** Takes the files that lie beside a model's weights. */
public interface FileSink {

    /** Adds a file such as {@code config.json}. */
    void addFile(String name, byte[] content) throws IOException;

    /** Adds the content of a file, under that name. */
    void copyFile(String name, Path source) throws IOException;
}
