package org.weir.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The right to write one output: a lock on a file beside it. The kernel lets go of it when the process ends in any way.
 *
 * <p>Design note: the lock is on a file of its own, because the staging folder is renamed while the lock must hold. And
 * since closing any descriptor of a file drops all locks that the process has on it, a second merge in the same JVM
 * must be turned away without opening the file: {@link #HELD} does that.
 */
final class OutputLock implements Closeable {
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();
    private static final String HOLDER_PREFIX = "weir: process ";
    private static final int MAX_HOLDER_BYTES = 1000;
    private static final int MAX_ATTEMPTS = 100;

    private final Path file;
    private final FileChannel channel;
    private final boolean leftOver;

    private OutputLock(Path file, FileChannel channel, boolean leftOver) {
        this.file = file;
        this.channel = channel;
        this.leftOver = leftOver;
    }

    /** @throws FileSystemException naming the holder, if somebody else has it */
    static OutputLock take(Path file) throws IOException {
        if (!HELD.add(file)) {
            throw held(file, "this process");
        }
        try {
            for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
                OutputLock lock = tryTake(file);
                if (lock != null) {
                    return lock;
                }
            }
            throw held(file, "processes that come and go");
        } catch (IOException | RuntimeException e) {
            HELD.remove(file);
            throw e;
        }
    }

    /**
     * Refuses what {@link #take} would refuse now; a file that is not there is not created.
     *
     * @return whether a process that is dead had the lock last
     */
    static boolean requireFree(Path file) throws IOException {
        if (!HELD.add(file)) {
            throw held(file, "this process");
        }
        try {
            keyOf(file);
            OutputLock lock = lock(file);
            lock.channel.close();
            return lock.leftOver;
        } catch (NoSuchFileException e) {
            return false;
        } finally {
            HELD.remove(file);
        }
    }

    /** Whether a process that is dead had the lock last, so that what it staged is ours to go on with or remove. */
    boolean isLeftOver() {
        return leftOver;
    }

    /** Lets go and leaves the file, as a process that is killed does: what is staged is the next holder's. */
    void leave() throws IOException {
        try {
            channel.close();
        } finally {
            HELD.remove(file);
        }
    }

    /** Removes the file, then lets go: in the other order somebody might already hold the lock of the removed file. */
    @Override
    public void close() throws IOException {
        try (channel) {
            Files.deleteIfExists(file);
        } finally {
            HELD.remove(file);
        }
    }

    /** Null if the file vanished or was replaced in between, which happens when its holder has just finished. */
    private static @Nullable OutputLock tryTake(Path file) throws IOException {
        try {
            Files.createFile(file);
        } catch (FileAlreadyExistsException e) {
            // Left over or held: the lock itself will tell.
        }
        try {
            Object key = keyOf(file);
            OutputLock lock = lock(file);
            if (key.equals(keyOf(file))) {
                lock.writeHolder();
                return lock;
            }
            lock.channel.close();
            return null;
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static OutputLock lock(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        try {
            String holder = readHolder(channel);
            if (channel.tryLock() == null) {
                throw held(file, holder.isEmpty() ? "another process" : Printable.of(holder));
            }
            return new OutputLock(file, channel, holder.startsWith(HOLDER_PREFIX));
        } catch (IOException | RuntimeException e) {
            Staging.closeAfter(e, channel);
            throw e;
        }
    }

    private static Object keyOf(Path file) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isRegularFile()) {
            throw new FileSystemException(Printable.path(file), null, "is in the way: it is not a lock file");
        }
        return Objects.requireNonNull(attributes.fileKey(), "this file system has no inodes");
    }

    private static String readHolder(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(MAX_HOLDER_BYTES);
        channel.read(bytes, 0);
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip();
    }

    private void writeHolder() throws IOException {
        String holder = HOLDER_PREFIX + ProcessHandle.current().pid() + ", since "
                + Instant.now().truncatedTo(ChronoUnit.SECONDS) + "\n";
        ByteBuffer bytes = ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8));
        try {
            // In this order: if it ends in between, in whatever way, the file still says that what is left is ours.
            channel.write(bytes, 0);
            channel.truncate(bytes.limit());
            channel.force(true); // a power cut would leave an empty file beside a folder that it then says nothing of
        } catch (IOException e) {
            Staging.closeAfter(e, leftOver ? this::leave : this);
            throw DiskSpace.explained(e, file, bytes.limit());
        }
    }

    private static FileSystemException held(Path file, String holder) {
        return new FileSystemException(
                Printable.path(file), null, "this output is being written already, by " + holder);
    }
}
