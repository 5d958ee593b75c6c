package org.weir.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
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
        Staging staging = new Staging(out, out.sibling(".staging"), OutputLock.take(out.sibling(".staging.lock")));
        try {
            out.requireFree();
            staging.createFolder();
            return staging;
        } catch (IOException | RuntimeException e) {
            closeAfter(e, staging.lock);
            throw e;
        }
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
            String why = "is in the way, and no unfinished merge left it; rename or remove it";
            throw new FileAlreadyExistsException(Printable.path(folder), null, why);
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
}
