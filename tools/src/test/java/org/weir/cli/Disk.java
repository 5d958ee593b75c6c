package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A small file system of its own, which can fill up and lose its power. */
final class Disk implements AutoCloseable {
    private static final int PIECE_BYTES = 1 << 16;
    /** {@code _IOR('X', 125, __u32)}, of linux/fs.h. */
    private static final long FS_IOC_SHUTDOWN = 0x8004587dL;

    private static final int LOG_IS_FLUSHED = 1;
    private static final int LOG_IS_LOST = 2;

    private final Path root;
    private final List<Object> mount;

    private Disk(Path folder, Object... mount) throws IOException {
        this.root = Files.createDirectories(folder);
        this.mount = new ArrayList<>(List.of("mount"));
        this.mount.addAll(Arrays.asList(mount));
        this.mount.add(root);
        mount();
    }

    /** Skips the test where nothing can be mounted. */
    static void require() throws IOException {
        assumeTrue(Tool.isThere("mount", "umount", "mkfs.ext4"), "mount and mkfs.ext4 are not installed");
        assumeTrue(Tool.run("id", "-u").equals("0"), "file systems are mounted by root only");
        Path trial = Files.createTempDirectory("disk");
        try (Disk _ = ext4(trial)) {
            assertEquals(List.of("lost+found"), SmallMerge.names(trial.resolve("disk")));
        } catch (AssertionError e) {
            abort("loop devices cannot be mounted here: " + e.getMessage());
        } finally {
            Tool.run("rm", "-r", trial);
        }
    }

    /** Of 16 MB, in a file of that folder. */
    static Disk ext4(Path folder, String... features) throws IOException {
        Path image = folder.resolve("image");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(16 << 20);
        }
        List<Object> mkfs = new ArrayList<>(List.of("mkfs.ext4", "-q", "-F", "-m", 0));
        mkfs.addAll(Arrays.asList(features));
        mkfs.add(image);
        Tool.run(mkfs.toArray());
        return new Disk(folder.resolve("disk"), "-o", "loop", image);
    }

    static Disk tmpfs(Path folder, String options) throws IOException {
        return new Disk(folder.resolve("disk"), "-t", "tmpfs", "-o", options, "tmpfs");
    }

    Path root() {
        return root;
    }

    /** Takes all room that is left. */
    void fill() throws IOException {
        byte[] piece = new byte[PIECE_BYTES];
        for (int bytes = PIECE_BYTES; bytes > 0; bytes /= 16) {
            try (OutputStream file = Files.newOutputStream(root.resolve("filler-" + bytes))) {
                while (true) {
                    file.write(piece, 0, bytes);
                    file.flush();
                }
            } catch (IOException full) {
                assertEquals("No space left on device", full.getMessage());
            }
        }
    }

    void makeRoom() throws IOException {
        for (String name : SmallMerge.names(root)) {
            if (name.startsWith("filler-")) {
                Files.delete(root.resolve(name));
            }
        }
    }

    /** From now on nothing reaches the disk, and what it holds is what it was told to keep. */
    void cutPower(boolean logIsFlushed) {
        MethodHandle open = function("open", 2, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
        MethodHandle ioctl = function("ioctl", 2, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS);
        MethodHandle close = function("close", 1, ValueLayout.JAVA_INT);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment how = arena.allocateFrom(ValueLayout.JAVA_INT, logIsFlushed ? LOG_IS_FLUSHED : LOG_IS_LOST);
            int folder = (int) open.invokeExact(arena.allocateFrom(root.toString()), 0);
            int answer = (int) ioctl.invokeExact(folder, FS_IOC_SHUTDOWN, how);
            int closed = (int) close.invokeExact(folder);
            assertEquals(0, answer | closed, "FS_IOC_SHUTDOWN");
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** The power is back. */
    void startAgain() throws IOException {
        Tool.run("umount", root);
        mount();
    }

    /** Also where somebody still holds a file of it. */
    @Override
    public void close() throws IOException {
        Tool.run("umount", "-l", root);
    }

    private void mount() throws IOException {
        Tool.run(mount.toArray());
    }

    @SuppressWarnings("restricted") // the flags of the tests allow it
    private static MethodHandle function(String name, int fixed, ValueLayout... arguments) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().find(name).orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments),
                Linker.Option.firstVariadicArg(fixed));
    }
}
