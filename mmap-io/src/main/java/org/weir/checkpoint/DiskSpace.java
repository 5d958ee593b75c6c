package org.weir.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.ClosedChannelException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Room on the disk: asked for before the start, reserved, and named when it is what ran out. */
public final class DiskSpace {
    private static final NativeCall OPEN =
            NativeCall.of("open", NativeCall.returningInt(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    private static final NativeCall FALLOCATE = NativeCall.of(
            "fallocate",
            NativeCall.returningInt(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    private static final NativeCall CLOSE = NativeCall.of("close", NativeCall.returningInt(ValueLayout.JAVA_INT));

    private static final int O_WRONLY = 1;

    /** The layout of its answer is the same on all machines, unlike that of stat. */
    private static final NativeCall STATX = NativeCall.of(
            "statx",
            NativeCall.returningInt(
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS));

    private static final int AT_FDCWD = -100;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int STATX_BLOCKS = 0x400;
    private static final long STATX_BYTES = 256;
    private static final long BLOCKS_AT = 48;
    private static final long BLOCK_BYTES = 512;

    /** For what the file system needs itself and for the small files: half a percent and a megabyte. */
    private static final long MARGIN_PART = 200;

    private static final long MARGIN_BYTES = 1 << 20;

    private DiskSpace() {}

    /** Bytes that may be used where {@code path} is or would be; none if no part of the path exists. */
    public static OptionalLong usableBytesAt(Path path) throws IOException {
        Path place = existing(path.toAbsolutePath());
        return Files.exists(place) ? OptionalLong.of(Files.getFileStore(place).getUsableSpace()) : OptionalLong.empty();
    }

    /** What there is of an absolute path: itself, or the nearest folder above it. */
    static Path existing(Path absolute) {
        Path place = absolute;
        while (!Files.exists(place) && place.getParent() != null) {
            place = place.getParent();
        }
        return place;
    }

    /**
     * Refuses what does not fit.
     *
     * @param staged a folder of files that are part of what is to be written, or that will go; it need not be there
     * @throws NotEnoughSpaceException if the disk cannot take that many bytes and a margin
     */
    static void require(Path folder, long bytes, Path staged) throws IOException {
        long withMargin = Math.addExact(bytes, bytes / MARGIN_PART + MARGIN_BYTES);
        long neededBytes = Math.max(MARGIN_BYTES, withMargin - allocatedBytes(staged));
        long availableBytes = Files.getFileStore(folder).getUsableSpace();
        if (availableBytes < neededBytes) {
            throw new NotEnoughSpaceException(folder, neededBytes, availableBytes, null);
        }
    }

    /** What the files of a folder take of the disk, as far as the system tells. */
    static long allocatedBytes(Path folder) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return 0;
        }
        long bytes = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder);
                Arena arena = Arena.ofConfined()) {
            MemorySegment answer = arena.allocate(STATX_BYTES, Long.BYTES);
            for (Path file : files) {
                MemorySegment name = arena.allocateFrom(file.toString());
                if (STATX.call(AT_FDCWD, name, AT_SYMLINK_NOFOLLOW, STATX_BLOCKS, answer) == 0) {
                    bytes += answer.get(ValueLayout.JAVA_LONG, BLOCKS_AT) * BLOCK_BYTES;
                }
            }
        }
        return bytes;
    }

    /**
     * Gives the file its blocks, so that the disk cannot fill up under it and they lie together. A file system that
     * cannot do that is left alone: then blocks come with the writes.
     *
     * @throws NotEnoughSpaceException if there are too few blocks; the file keeps those it got
     */
    static void reserve(Path file, long sizeBytes) throws IOException {
        long descriptor;
        try (Arena arena = Arena.ofConfined()) {
            descriptor = OPEN.call(arena.allocateFrom(file.toString()), O_WRONLY);
        }
        if (descriptor < 0) {
            return;
        }
        long answer = FALLOCATE.call((int) descriptor, 0, 0L, sizeBytes);
        CLOSE.call((int) descriptor);
        if (answer == -NativeCall.ENOSPC || answer == -NativeCall.EDQUOT) {
            throw notEnough(file, sizeBytes, null);
        }
    }

    /** What a failed write of some bytes to the file should be reported as: a full disk by its name. */
    static IOException explained(IOException e, Path file, long bytes) {
        if (e instanceof ClosedChannelException) {
            return e; // somebody stopped us: that is no fault of the disk
        }
        // The message comes from the C library and may be in any language, so the disk is asked too.
        boolean saysFull = String.valueOf(e.getMessage()).contains("No space left on device");
        if (saysFull || usableBytes(file) < bytes) {
            return notEnough(file, bytes, e);
        }
        return new IOException(Printable.path(file) + ": cannot be written: " + e.getMessage(), e);
    }

    private static NotEnoughSpaceException notEnough(Path file, long neededBytes, @Nullable Throwable cause) {
        return new NotEnoughSpaceException(file, neededBytes, usableBytes(file), cause);
    }

    private static long usableBytes(Path file) {
        try {
            // Of its folder: the file itself may be gone already.
            return Files.getFileStore(file.resolveSibling(".")).getUsableSpace();
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }
}
