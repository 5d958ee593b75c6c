package org.weir.checkpoint;

import java.io.Closeable;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * A file opened for reading past Java, which neither shows its descriptors nor says anything to the kernel about cached
 * pages. Advice that cannot be given changes nothing but speed and memory, so it never fails.
 */
final class Descriptor implements Closeable {
    private static final int O_CLOEXEC = 02000000;
    /** Says nothing to files; a named pipe that has taken the place of one would wait for ever. */
    private static final int O_NONBLOCK = 04000;

    private static final int O_DIRECT = System.getProperty("os.arch").equals("aarch64") ? 0200000 : 040000;
    private static final int FADV_RANDOM = 1;
    private static final int FADV_DONTNEED = 4;
    private static final int SYNC_WAIT_BEFORE = 1;
    private static final int SYNC_WRITE = 2;
    private static final int SYNC_WAIT_AFTER = 4;

    private static final NativeCall OPEN =
            NativeCall.of("open", NativeCall.returningInt(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    private static final NativeCall CLOSE = NativeCall.of("close", NativeCall.returningInt(ValueLayout.JAVA_INT));
    private static final NativeCall READ = NativeCall.of(
            "pread",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG));
    private static final NativeCall ADVISE = NativeCall.of("posix_fadvise", onRange());
    private static final NativeCall SYNC_RANGE = NativeCall.of("sync_file_range", onRange());

    private final int number;

    private Descriptor(int number) {
        this.number = number;
    }

    /** Reads through the page cache. */
    static Descriptor open(Path file) {
        return open(file, 0);
    }

    /** Reads whole blocks past the page cache; {@link #isOpen} is false where the file system has no such thing. */
    static Descriptor openDirect(Path file) {
        return open(file, O_DIRECT);
    }

    private static Descriptor open(Path file, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            return new Descriptor((int) OPEN.call(arena.allocateFrom(file.toString()), flags | O_CLOEXEC | O_NONBLOCK));
        }
    }

    boolean isOpen() {
        return number >= 0;
    }

    /** Fills the memory from a place in the file; returns how many bytes came, or minus the error number. */
    long read(MemorySegment into, long offsetBytes) {
        long answer;
        do {
            answer = READ.call(number, into, into.byteSize(), offsetBytes);
        } while (answer == -NativeCall.EINTR);
        return answer;
    }

    /** Reads will be of the size that is asked for: no read-ahead. */
    Descriptor withoutReadAhead() {
        call(ADVISE, 0, 0, FADV_RANDOM);
        return this;
    }

    /** Lets go of the cached pages of a range that are clean and that nobody has mapped; a length of 0 is all the rest. */
    void forget(long offsetBytes, long lengthBytes) {
        call(ADVISE, offsetBytes, lengthBytes, FADV_DONTNEED);
    }

    /** Sends what was written in a range on its way to the disk. */
    void startWriting(long offsetBytes, long lengthBytes) {
        call(SYNC_RANGE, offsetBytes, lengthBytes, SYNC_WRITE);
    }

    /**
     * Waits until a range has been sent. That bounds memory; it does not make the file durable.
     *
     * @return 0, or minus the error number: it may be the only time that the kernel says so
     */
    long awaitWritten(long offsetBytes, long lengthBytes) {
        return call(SYNC_RANGE, offsetBytes, lengthBytes, SYNC_WAIT_BEFORE | SYNC_WRITE | SYNC_WAIT_AFTER);
    }

    @Override
    public void close() {
        if (isOpen()) {
            CLOSE.call(number);
        }
    }

    private long call(NativeCall function, long offsetBytes, long lengthBytes, int advice) {
        return isOpen() ? function.call(number, offsetBytes, lengthBytes, advice) : 0;
    }

    private static FunctionDescriptor onRange() {
        return NativeCall.returningInt(
                ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT);
    }
}
