package org.weir.checkpoint;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/** A folder for what is needed for a while: with all that is in it, it goes when it is closed. */
public final class ScratchFolder implements AutoCloseable {
    private final Path path;
    private final Optional<OutputLock> lock;

    private ScratchFolder(Path path, Optional<OutputLock> lock) {
        this.path = path;
        this.lock = lock;
    }

    /** A new one where the system has such. */
    public static ScratchFolder temporary() throws IOException {
        return new ScratchFolder(Files.createTempDirectory("weir-"), Optional.empty());
    }

    /**
     * One of that name, for this process alone.
     *
     * @param goOn whether what a process that was interrupted has left there stays; else it is removed
     * @throws FileAlreadyExistsException if something else is there
     * @throws java.nio.file.FileSystemException naming the process that has it
     */
    public static ScratchFolder at(Path name, boolean goOn) throws IOException {
        Path path = name.toAbsolutePath().normalize();
        Files.createDirectories(path.resolveSibling("."));
        OutputLock lock = OutputLock.take(path.resolveSibling(path.getFileName() + ".lock"));
        try {
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !lock.isLeftOver()) {
                throw new FileAlreadyExistsException(
                        path.toString(), null, "is there, and was not left by a merge; move it away");
            }
            if (!goOn) {
                Folders.removeTree(path);
            }
            Files.createDirectories(path);
            return new ScratchFolder(path, Optional.of(lock));
        } catch (IOException | RuntimeException e) {
            Staging.closeAfter(e, lock);
            throw e;
        }
    }

    public Path path() {
        return path;
    }

    public boolean isEmpty() throws IOException {
        return Folders.isEmpty(path);
    }

    /** Removes what is there of that name, if anything is. */
    public void remove(String name) throws IOException {
        Folders.removeTree(path.resolve(name));
    }

    /** In place of closing: all that is in it stays, for the next who asks for a folder of that name. */
    public void leave() throws IOException {
        if (lock.isPresent()) {
            lock.get().leave();
        }
    }

    @Override
    public void close() throws IOException {
        Folders.removeTree(path);
        if (lock.isPresent()) {
            lock.get().close();
        }
    }
}
