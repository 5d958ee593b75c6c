package org.weir.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint that breaks its format: {@code <file>: tensor 'x': at byte N: found ..., expected ...} on one line, in
 * which everything that came out of the file is escaped.
 */
public final class MalformedCheckpointException extends IOException {
    private final transient Path path;
    private final @Nullable String tensor;
    private final @Nullable Long offsetBytes;
    private final String reason;

    MalformedCheckpointException(Path path, String reason) {
        this(path, null, null, reason, null);
    }

    MalformedCheckpointException(
            Path path, @Nullable String tensor, @Nullable Long offsetBytes, String reason, @Nullable Throwable cause) {
        super(
                Printable.path(path)
                        + (tensor == null ? "" : ": tensor " + Printable.quoted(tensor))
                        + (offsetBytes == null ? "" : ": at byte " + offsetBytes)
                        + ": "
                        + reason,
                cause);
        this.path = path;
        this.tensor = tensor;
        this.offsetBytes = offsetBytes;
        this.reason = reason;
    }

    /** The file or folder that is wrong. */
    public Path path() {
        return path;
    }

    /** The tensor concerned, if it is about one, with its name as it is in the file. */
    public Optional<String> tensor() {
        return Optional.ofNullable(tensor);
    }

    /** The place in the file, in bytes from its start, if there is one to name. */
    public OptionalLong offset() {
        return offsetBytes == null ? OptionalLong.empty() : OptionalLong.of(offsetBytes);
    }

    /** What was found and what was expected. */
    public String reason() {
        return reason;
    }
}
