package org.weir.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** An input is no longer the file that was opened, or can no longer be read: {@code <file>: at byte N: <what>}. */
public final class InputChangedException extends IOException {
    private final transient Path path;
    private final @Nullable Long offsetBytes;

    InputChangedException(Path path, @Nullable Long offsetBytes, String what, @Nullable Throwable cause) {
        super(Printable.path(path) + (offsetBytes == null ? "" : ": at byte " + offsetBytes) + ": " + what, cause);
        this.path = path;
        this.offsetBytes = offsetBytes;
    }

    /** For mapped bytes that the file does not give: it was cut short, or its device fails. */
    static InputChangedException unreadable(Path file, long offsetBytes, long lengthBytes, @Nullable Throwable cause) {
        long endBytes = offsetBytes + lengthBytes;
        try {
            long sizeBytes = Files.size(file);
            if (sizeBytes < endBytes) {
                String what = "the file ends here now, %d bytes up to byte %d were mapped from it when it was opened"
                        .formatted(lengthBytes, endBytes);
                return new InputChangedException(file, Math.max(sizeBytes, offsetBytes), what, cause);
            }
        } catch (IOException e) {
            return new InputChangedException(file, offsetBytes, "the file has gone", e);
        }
        String why = cause instanceof IOException ? ": " + cause.getMessage() : " (a device error?)";
        String what = "the %d bytes from here on cannot be read%s".formatted(lengthBytes, why);
        return new InputChangedException(file, offsetBytes, what, cause);
    }

    public Path path() {
        return path;
    }

    /** The place in the file, in bytes from its start, if there is one to name. */
    public OptionalLong offset() {
        return offsetBytes == null ? OptionalLong.empty() : OptionalLong.of(offsetBytes);
    }
}
