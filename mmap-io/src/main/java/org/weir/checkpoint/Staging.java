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
 * <p>Whoever holds the lock on {@code OUT.staging.lock} owns the folder and the journal {@code OUT.staging.journal}, and
 * what a process that died left in them. The journal is not in the folder, so that OUT never holds it, and what is
 * finished and only lacks its name can be gone on with.
 */
final class Staging implements AutoCloseable {
    /** What is added to OUT's name for the journal: the longest name beside it. */
    static final String JOURNAL = ".staging.journal";

    private final Destination out;
    private final Path folder;
    private final OutputLock lock;
    private AtTheEnd atTheEnd;

    /** What becomes of the folder. */
    private enum AtTheEnd {
        /** It goes, with all that is in it. */
        REMOVE,
        /** It stays for one who goes on: as it would if the process were killed. */
        LEAVE,
        /** It stays for its owner to look at. */
        GIVE
    }

    private Staging(Destination out, Path folder, OutputLock lock) {
        this.out = out;
        this.folder = folder;
        this.lock = lock;
        // What was left is not lost because whoever comes next is turned away.
        this.atTheEnd = lock.isLeftOver() ? AtTheEnd.LEAVE : AtTheEnd.REMOVE;
    }

    /**
     * Takes the place of an output. There is no folder yet, or one that somebody left: see {@link #startOver}.
     *
     * @throws FileSystemException if OUT may not be replaced, somebody else is writing it, or something is in the way
     */
    static Staging begin(Path requested, boolean overwrite) throws IOException {
        Destination out = Destination.of(requested, overwrite);
        Folders.createDurably(out.parent());
        Staging staging = new Staging(out, folderOf(out), OutputLock.take(lockOf(out)));
        try {
            out.requireFree();
            if (!staging.isLeftOver()) {
                requireNothing(staging.folder);
                requireNothing(staging.journal());
            }
            return staging;
        } catch (IOException | RuntimeException e) {
            closeAfter(e, staging.isLeftOver() ? staging.lock::leave : staging.lock);
            throw e;
        }
    }

    /** Refuses what {@link #begin} would refuse now, and leaves everything as it is. */
    static void requirePossible(Path requested, boolean overwrite) throws IOException {
        Destination out = Destination.of(requested, overwrite);
        out.requireFree();
        out.requireWritable();
        if (!OutputLock.requireFree(lockOf(out))) {
            requireNothing(folderOf(out));
            requireNothing(journalOf(out));
        }
    }

    /** Where the files of an output are, or would be, before it has its name. */
    static Path folderOf(Destination out) {
        return out.sibling(".staging");
    }

    private static Path lockOf(Destination out) {
        return out.sibling(".staging.lock");
    }

    private static Path journalOf(Destination out) {
        return out.sibling(JOURNAL);
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

    /** Where it is written down what is finished. */
    Path journal() {
        return journalOf(out);
    }

    /** Whether a process that died, or was stopped, may have left something. */
    boolean isLeftOver() {
        return lock.isLeftOver();
    }

    /** Removes what was left, and makes an empty folder. */
    void startOver() throws IOException {
        atTheEnd = AtTheEnd.REMOVE;
        // The journal first: without its folder it is nothing, and a folder without it is begun anew.
        Files.deleteIfExists(journal());
        Folders.removeTree(folder);
        Files.createDirectory(folder);
        try {
            // Where folders cannot be synced this fails now, and not after hours of work.
            Folders.sync(folder);
            Folders.sync(out.parent());
        } catch (IOException e) {
            Files.delete(folder);
            throw e;
        }
    }

    /** From now on what is not published is left for one who goes on. */
    void leaveUnlessPublished() {
        atTheEnd = AtTheEnd.LEAVE;
    }

    /** Whether what is staged outlives {@link #close}, for one who goes on. */
    boolean leaves() {
        return atTheEnd == AtTheEnd.LEAVE;
    }

    /** What is staged is worth nothing: it will be removed, and nobody goes on with it even if that fails. */
    void discard() throws IOException {
        atTheEnd = AtTheEnd.REMOVE;
        Files.deleteIfExists(journal());
    }

    /** The files must be on the disk already. */
    void publish() throws IOException {
        try {
            Folders.sync(folder);
        } catch (IOException e) {
            closeAfter(e, this::discard);
            throw e;
        }
        if (atTheEnd == AtTheEnd.REMOVE) {
            atTheEnd = AtTheEnd.GIVE;
        }
        Path old;
        try {
            old = out.take(folder);
        } catch (IOException e) {
            String reason = "cannot take this name (" + e.getMessage() + "); the finished output is in "
                    + Printable.path(folder);
            throw new IOException(Printable.path(out.path()) + ": " + reason, e);
        }
        atTheEnd = AtTheEnd.GIVE; // what was replaced is needed until the new names are on the disk
        try {
            Folders.sync(out.parent());
        } catch (IOException e) {
            out.giveBack(folder, old);
            closeAfter(e, this::discard);
            throw e;
        }
        Folders.removeTree(old);
        atTheEnd = AtTheEnd.REMOVE; // there is no folder any more
    }

    /** What was not finished is removed or left. What was, and only lacks its name, is worth keeping. */
    @Override
    public void close() throws IOException {
        if (atTheEnd == AtTheEnd.LEAVE) {
            lock.leave();
            return;
        }
        try (lock) {
            Files.deleteIfExists(journal());
            if (atTheEnd == AtTheEnd.REMOVE) {
                Folders.removeTree(folder);
            }
        }
    }

    private static void requireNothing(Path path) throws FileAlreadyExistsException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            String why = "is in the way, and no unfinished merge left it; rename or remove it";
            throw new FileAlreadyExistsException(Printable.path(path), null, why);
        }
    }
}
