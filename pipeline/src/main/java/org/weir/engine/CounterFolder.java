package org.weir.engine;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where the counters of a user's merges are: {@code $XDG_RUNTIME_DIR/weir-<uid>}, or the same in {@code /tmp} for merges
 * that cron or a service runs. Who looks looks at both.
 */
final class CounterFolder {
    static final String SUFFIX = ".counters";
    private static final Path SELF = Path.of("/proc/self");
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rwx------");

    private CounterFolder() {}

    /** Best first; none where there is no /proc to ask. */
    static List<Path> all() {
        List<Path> folders = new ArrayList<>();
        try {
            String name = "weir-" + Files.getAttribute(SELF, "unix:uid");
            String runtime = System.getenv("XDG_RUNTIME_DIR");
            if (runtime != null && runtime.startsWith("/")) {
                folders.add(Path.of(runtime).resolve(name));
            }
            folders.add(Path.of("/tmp").resolve(name));
        } catch (IOException | RuntimeException e) {
            // Not Linux: merges run without counters that others can read.
        }
        return folders;
    }

    /** Makes the folder. Anybody can make one in /tmp: one that is not this user's alone is no good. */
    static void create(Path folder) throws IOException {
        try {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PRIVATE));
        } catch (FileAlreadyExistsException e) {
            if (!isOurs(folder)) {
                throw e;
            }
        }
    }

    /** All counter files, also those of merges that died. */
    static List<Path> files() throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path folder : all()) {
            if (isOurs(folder)) {
                try (Stream<Path> files = Files.list(folder)) {
                    files.filter(file -> file.toString().endsWith(SUFFIX)).forEach(found::add);
                }
            }
        }
        return found;
    }

    private static boolean isOurs(Path folder) throws IOException {
        return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                && Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                        .equals(Files.getAttribute(SELF, "unix:uid"))
                && Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS)
                        .equals(PRIVATE);
    }
}
