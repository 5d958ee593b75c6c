package org.weir.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is done to whole folders, so that it lasts. */
final class Folders {
    private static final int AT_FDCWD = -100;
    private static final int RENAME_EXCHANGE = 2;
    private static final NativeCall RENAMEAT2 = NativeCall.of(
            "renameat2",
            NativeCall.returningInt(
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT));

    private Folders() {}

    /** Brings the names in a folder to the disk: a file that is synced may still lose its name in a power cut. */
    static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            throw new IOException(Printable.path(folder) + ": the folder cannot be synced: " + e.getMessage(), e);
        }
    }

    /** Creates a folder and the ones above it that are missing, and brings their names to the disk. */
    static void createDurably(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Path parent = folder.getParent();
            if (parent != null) {
                createDurably(parent);
            }
            Files.createDirectory(folder);
            if (parent != null) {
                sync(parent);
            }
        }
    }

    /** Swaps the names of two folders in one step; false where the system has no such thing. */
    static boolean exchange(Path one, Path other) throws IOException {
        long answer;
        try (Arena arena = Arena.ofConfined()) {
            answer = RENAMEAT2.call(
                    AT_FDCWD,
                    arena.allocateFrom(one.toString()),
                    AT_FDCWD,
                    arena.allocateFrom(other.toString()),
                    RENAME_EXCHANGE);
        }
        if (answer == 0) {
            return true;
        }
        if (answer == -NativeCall.ENOSYS || answer == -NativeCall.EINVAL || answer == -NativeCall.EOPNOTSUPP) {
            return false;
        }
        String what = "cannot be exchanged with " + Printable.path(other) + ": " + NativeCall.words(answer);
        throw new FileSystemException(Printable.path(one), null, what);
    }

    static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    /** Removes a folder and all that is in it, if it is there. Links are removed, not followed. */
    static void removeTree(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path emptied, @Nullable IOException problem) throws IOException {
                if (problem != null) {
                    throw problem;
                }
                Files.delete(emptied);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
