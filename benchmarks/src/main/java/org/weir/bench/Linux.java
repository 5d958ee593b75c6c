package org.weir.bench;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** The calls of the C library that the yardstick needs. Its own ones: it must not share code with what it measures. */
final class Linux {
    static final long PAGE_BYTES = 4096;

    private static final int MADV_DONTNEED = 4;
    private static final int MADV_POPULATE_READ = 22;
    private static final int POSIX_FADV_DONTNEED = 4;
    private static final int O_RDWR = 2;
    private static final int SYNC_FILE_RANGE_WRITE = 2;

    private static final MethodHandle MADVISE = function("madvise", ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle MINCORE = function("mincore", ADDRESS, JAVA_LONG, ADDRESS);
    private static final MethodHandle OPEN = function("open", ADDRESS, JAVA_INT);
    private static final MethodHandle CLOSE = function("close", JAVA_INT);
    private static final MethodHandle FALLOCATE = function("posix_fallocate", JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle FADVISE = function("posix_fadvise", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);

    private static final MethodHandle SYNC_FILE_RANGE =
            function("sync_file_range", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);

    private Linux() {}

    /** Brings pages of a mapping in; on kernels without the call, reading them does it. */
    static void populate(MemorySegment wholePages) {
        call(MADVISE, wholePages, wholePages.byteSize(), MADV_POPULATE_READ);
    }

    /** Takes pages of a mapping out of this process; they stay in the page cache. */
    static void release(MemorySegment wholePages) {
        call(MADVISE, wholePages, wholePages.byteSize(), MADV_DONTNEED);
    }

    /** How much of a mapped file is in the page cache. */
    static long cachedBytes(MemorySegment mapped) {
        long pages = Math.ceilDiv(mapped.byteSize(), PAGE_BYTES);
        long cached = 0;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment answer = arena.allocate(pages + 1);
            call(MINCORE, mapped, mapped.byteSize(), answer);
            for (long page = 0; page < pages; page++) {
                cached += answer.get(JAVA_BYTE, page) & 1;
            }
        }
        return Math.min(cached * PAGE_BYTES, mapped.byteSize());
    }

    /** Gives an existing file its blocks. */
    static void allocate(Path file, long bytes) throws IOException {
        withFile(file, O_RDWR, descriptor -> call(FALLOCATE, descriptor, 0L, bytes));
    }

    /** Has the disk begin with a part of a file, so that it works while the processors do. */
    static void startWriting(Path file, long begin, long end) throws IOException {
        withFile(
                file,
                O_RDWR,
                descriptor -> call(SYNC_FILE_RANGE, descriptor, begin, end - begin, SYNC_FILE_RANGE_WRITE));
    }

    /** Takes what is clean of a file out of the page cache. */
    static void evict(Path file) throws IOException {
        withFile(file, 0, descriptor -> call(FADVISE, descriptor, 0L, 0L, POSIX_FADV_DONTNEED));
    }

    private interface Action {
        int on(int descriptor);
    }

    private static void withFile(Path file, int flags, Action action) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            int descriptor = call(OPEN, arena.allocateFrom(file.toString()), flags);
            if (descriptor < 0) {
                throw new IOException("cannot open " + file);
            }
            int error = action.on(descriptor);
            call(CLOSE, descriptor);
            if (error != 0) {
                throw new IOException(file + ": the kernel answers error " + error);
            }
        }
    }

    @SuppressWarnings("restricted") // calling C is: the launcher's flags allow it
    private static MethodHandle function(String name, MemoryLayout... arguments) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().find(name).orElseThrow(), FunctionDescriptor.of(JAVA_INT, arguments));
    }

    private static int call(MethodHandle function, Object... arguments) {
        try {
            return (int) function.invokeWithArguments(arguments);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a C function cannot throw this", e);
        }
    }
}
