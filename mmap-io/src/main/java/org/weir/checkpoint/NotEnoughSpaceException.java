package org.weir.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The disk has no room for the output: said before anything is written, or when somebody else filled it meanwhile. */
public final class NotEnoughSpaceException extends IOException {
    private final transient Path path;
    private final long neededBytes;
    private final long availableBytes;

    NotEnoughSpaceException(Path path, long neededBytes, long availableBytes, @Nullable Throwable cause) {
        super(
                "%s: not enough disk space: %,d bytes needed, %,d available%s"
                        .formatted(
                                Printable.path(path),
                                neededBytes,
                                availableBytes,
                                availableBytes < neededBytes ? "" : " (is there a quota?)"),
                cause);
        this.path = path;
        this.neededBytes = neededBytes;
        this.availableBytes = availableBytes;
    }

    /** Whether it was somebody else who took the room, after it had been asked for. */
    public boolean midway() {
        return getCause() != null;
    }

    public Path path() {
        return path;
    }

    public long neededBytes() {
        return neededBytes;
    }

    public long availableBytes() {
        return availableBytes;
    }
}
