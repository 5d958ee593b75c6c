package org.weir.checkpoint;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Where an output goes: a name that is free, an empty folder, or a checkpoint that may be replaced.
 *
 * @param path absolute, with no links in it, so that what lies beside it is on the same disk
 */
record Destination(Path path, boolean overwrite) {

    /** Where that is, whether or not the folders above it are there yet. */
    static Destination of(Path requested, boolean overwrite) throws IOException {
        if (Files.exists(requested)) {
            Path real = requested.toRealPath();
            requireShortName(parentOf(real), real);
            return new Destination(real, overwrite);
        }
        if (Files.exists(requested, LinkOption.NOFOLLOW_LINKS)) {
            throw inTheWay(requested, "is a link to something that is not there");
        }
        Path absolute = requested.toAbsolutePath().normalize();
        Path existing = DiskSpace.existing(parentOf(absolute));
        if (!Files.isDirectory(existing)) {
            throw inTheWay(existing, "is in the way: it is not a folder");
        }
        requireShortName(existing, absolute);
        return new Destination(existing.toRealPath().resolve(existing.relativize(absolute)), overwrite);
    }

    /** Asks the file system that it will be on, by a name in a folder that is there. */
    private static void requireShortName(Path folder, Path path) throws IOException {
        String longest = path.getFileName() + Staging.JOURNAL;
        try {
            Files.readAttributes(folder.resolve(longest), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException | AccessDeniedException e) {
            // There is no such file, as it should be; or others say what is closed.
        } catch (FileSystemException e) {
            String why = "cannot be used as a name (" + e.getReason() + "): " + Staging.JOURNAL
                    + " is added to it for a file beside it; choose a shorter one";
            throw new FileSystemException(Printable.path(path), null, why);
        }
    }

    Path parent() throws IOException {
        return parentOf(path);
    }

    /** A path beside it, with its name and a suffix. */
    Path sibling(String suffix) {
        return path.resolveSibling(path.getFileName() + suffix);
    }

    /** @throws FileSystemException if nothing can be created beside it */
    void requireWritable() throws IOException {
        Path folder = DiskSpace.existing(parent());
        if (!Files.isWritable(folder)) {
            boolean readOnly = Files.getFileStore(folder).isReadOnly();
            String why = readOnly ? "the file system is read-only" : "permission denied";
            throw new FileSystemException(Printable.path(folder), null, "cannot be written to: " + why);
        }
    }

    /** @throws FileSystemException if something is there that must not be replaced, or cannot be */
    void requireFree() throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw inTheWay(path, "is there already and is not a folder");
        }
        if (!Files.getAttribute(path, "unix:dev").equals(Files.getAttribute(parent(), "unix:dev"))) {
            throw inTheWay(path, "is a mount point and cannot take a new name; name a folder in it");
        }
        if (!Folders.isEmpty(path)) {
            requireReplaceable();
        }
    }

    /**
     * Gives the folder this name. rename(2) itself makes sure that nothing is lost: it puts a folder in the place of an
     * empty folder and of nothing else.
     *
     * @return what was here, under another name, to be removed; the folder's old path if nothing was
     */
    Path take(Path folder) throws IOException {
        boolean occupied = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) && !Folders.isEmpty(path);
        if (!occupied) {
            Files.move(folder, path, StandardCopyOption.ATOMIC_MOVE);
            return folder;
        }
        requireReplaceable();
        return Folders.exchange(folder, path) ? folder : takeInTwoSteps(folder);
    }

    /**
     * For file systems without an exchange: if the machine stops between the two, the old checkpoint is at the sibling.
     */
    Path takeInTwoSteps(Path folder) throws IOException {
        Path old = sibling(".replaced");
        Files.move(path, old, StandardCopyOption.ATOMIC_MOVE);
        try {
            Files.move(folder, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.move(old, path, StandardCopyOption.ATOMIC_MOVE);
            throw e;
        }
        return old;
    }

    /** Undoes {@link #take}: what was here is here again, and the folder has its old path. */
    void giveBack(Path folder, Path old) throws IOException {
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            Folders.exchange(folder, path);
            return;
        }
        Files.move(path, folder, StandardCopyOption.ATOMIC_MOVE);
        if (!old.equals(folder)) {
            Files.move(old, path, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private void requireReplaceable() throws FileAlreadyExistsException {
        if (!overwrite) {
            throw inTheWay(path, "is there already and not empty; choose another name, or --overwrite to replace it");
        }
        if (!Files.exists(path.resolve(WeightFiles.SINGLE)) && !Files.exists(path.resolve(WeightIndex.FILE_NAME))) {
            // Overwriting removes everything in the folder: that must not happen to somebody's home.
            throw inTheWay(path, "is not overwritten because it holds no checkpoint; remove it if it may go");
        }
    }

    private static Path parentOf(Path path) throws FileSystemException {
        Path parent = path.getParent();
        if (parent == null) {
            throw inTheWay(path, "cannot be an output");
        }
        return parent;
    }

    private static FileAlreadyExistsException inTheWay(Path path, String why) {
        return new FileAlreadyExistsException(Printable.path(path), null, why);
    }
}
