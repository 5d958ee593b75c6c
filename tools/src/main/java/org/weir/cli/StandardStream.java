package org.weir.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * stdout or stderr, remembering why a write failed, which {@link PrintStream} does not. A reader that went away
 * ({@code weir inspect | head}) is no failure: a merge goes on without its listener.
 */
final class StandardStream extends FilterOutputStream {
    private final PrintStream print;
    private volatile @Nullable String lost;

    private StandardStream(FileDescriptor descriptor, PrintStream replaced, boolean flushLines) {
        super(new FileOutputStream(descriptor));
        OutputStream buffered = flushLines ? this : new BufferedOutputStream(this, 1 << 16);
        print = new PrintStream(buffered, flushLines, replaced.charset());
    }

    /** Buffered: results come in bulk. */
    static StandardStream out() {
        return new StandardStream(FileDescriptor.out, System.out, false);
    }

    /** Flushed line by line: messages are read while the command works. */
    static StandardStream err() {
        return new StandardStream(FileDescriptor.err, System.err, true);
    }

    PrintStream print() {
        return print;
    }

    /** Why results did not arrive, if that is worth a word. */
    Optional<String> lost() {
        return Optional.ofNullable(lost).filter(reason -> !reason.contains("Broken pipe"));
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        try {
            out.write(bytes, from, length);
        } catch (IOException failure) {
            lost = String.valueOf(failure.getMessage());
            throw failure;
        }
    }
}
