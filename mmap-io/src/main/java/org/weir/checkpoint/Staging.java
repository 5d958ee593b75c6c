package org.weir.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Makes an output folder appear whole or not at all: everything is written to {@code OUT.staging} beside it, brought to
 * the disk, and takes the name OUT in one step, which is brought to the disk too.
 *
 * <p>Whoever holds the lock on {@code OUT.staging.lock} owns the folder, and removes what a process that died left in
 * it.
 */
final class Staging implements AutoCloseable {
    private final Destination out;
    private final Path folder;
    private final OutputLock lock;
    private boolean complete;

    private Staging(Destination out, Path folder, OutputLock lock) {
        this.out = out;
        this.folder = folder;
        this.lock = lock;
    }

    /**
     * @throws FileSystemException if OUT may not be replaced, somebody else is writing it, or something is in the way
     */
    static Staging begin(Path requested, boolean overwrite) throws IOException {
        Destination out = Destination.of(requested, overwrite);
        Folders.createDurably(out.parent());
        Staging staging = new Staging(out, folderOf(out), OutputLock.take(lockOf(out)));
        try {
            out.requireFree();
            staging.createFolder();
            return staging;
        } catch (IOException | RuntimeException e) {
            closeAfter(e, staging.lock);
            throw e;
        }
    }

    /** Refuses what {@link #begin} would refuse now, and leaves everything as it is. */
    static void requirePossible(Path requested, boolean overwrite) throws IOException {
        Destination out = Destination.of(requested, overwrite);
        out.requireFree();
        out.requireWritable();
        boolean leftOver = OutputLock.requireFree(lockOf(out));
        if (!leftOver && Files.exists(folderOf(out), LinkOption.NOFOLLOW_LINKS)) {
            throw inTheWay(folderOf(out));
        }
    }

    private static Path folderOf(Destination out) {
        return out.sibling(".staging");
    }

    private static Path lockOf(Destination out) {
        return out.sibling(".staging.lock");
    }

    /** Closes what was begun before something failed, which stays the problem to be reported. */
    static void closeAfter(Exception problem, Closeable begun) {
        try {
            begun.close();
        } catch (IOException e) {
            problem.addSuppressed(e);
        }
    }

    /** Where files are to be written. */
    Path folder() {
        return folder;
    }

    /** The files must be on the disk already. */
    void publish() throws IOException {
        Folders.sync(folder);
        complete = true;
        Path old;
        try {
            old = out.take(folder);
        } catch (IOException e) {
            String reason = "cannot take this name (" + e.getMessage() + "); the finished output is in "
                    + Printable.path(folder);
            throw new IOException(Printable.path(out.path()) + ": " + reason, e);
        }
        Folders.sync(out.parent());
        Folders.removeTree(old);
    }

    /** What was not finished is removed. What was, and only lacks its name, is worth keeping. */
    @Override
    public void close() throws IOException {
        try (lock) {
            if (!complete) {
                Folders.removeTree(folder);
            }
        }
    }

    private void createFolder() throws IOException {
        if (lock.isLeftOver()) {
            Folders.removeTree(folder);
        }
        try {
            Files.createDirectory(folder);
        } catch (FileAlreadyExistsException e) {
            throw inTheWay(folder);
        }
        try {
            // Where folders cannot be synced this fails now, and not after hours of work.
            Folders.sync(folder);
            Folders.sync(out.parent());
        } catch (IOException e) {
            Files.delete(folder);
            throw e;
        }
    }

    private static FileAlreadyExistsException inTheWay(Path folder) {
        String why = "is in the way, and no unfinished merge left it; rename or remove it";
        return new FileAlreadyExistsException(Printable.path(folder), null, why);
    }
}
