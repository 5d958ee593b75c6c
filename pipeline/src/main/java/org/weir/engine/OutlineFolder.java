package org.weir.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.weir.checkpoint.ScratchFolder;

/** Where outlines of steps are for a while: a folder of this user's, where the next one removes what a killed process left. */
final class OutlineFolder {
    private static final String PREFIX = "outlines-";
    private static final String LOCK = ".lock";
    private static final AtomicInteger MADE = new AtomicInteger();

    private OutlineFolder() {}

    /** A new one, in /tmp if that can be: other places of a user may be small. */
    static ScratchFolder create() throws IOException {
        String name = PREFIX + ProcessHandle.current().pid() + "-" + MADE.incrementAndGet();
        for (Path place : CounterFolder.all().reversed()) {
            try {
                CounterFolder.create(place);
                removeLeft(place);
                return ScratchFolder.at(place.resolve(name), false);
            } catch (IOException e) {
                // Read-only, full or somebody else's: the next place.
            }
        }
        return ScratchFolder.temporary();
    }

    private static void removeLeft(Path place) throws IOException {
        Set<String> names;
        try (Stream<Path> files = Files.list(place)) {
            names = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith(PREFIX))
                    .map(name -> name.endsWith(LOCK) ? name.substring(0, name.length() - LOCK.length()) : name)
                    .collect(Collectors.toSet());
        }
        for (String name : names) {
            try (ScratchFolder _ = ScratchFolder.at(place.resolve(name), false)) {
                // Whoever had it is dead: it goes by being closed.
            } catch (IOException e) {
                // Somebody has it.
            }
        }
    }
}
