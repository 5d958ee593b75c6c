package org.weir.proof;

import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;

/** Where the proofs' files lie. */
final class Resources {
    private Resources() {}

    static Path folder(String name) {
        URL found = Objects.requireNonNull(Resources.class.getResource("/" + name), name);
        return Path.of(URI.create(found.toString()));
    }

    /** The folder of the project, which is above wherever the tests run. */
    static Path project() {
        Path here = Path.of("").toAbsolutePath();
        return Stream.iterate(here, Path::getParent)
                .takeWhile(Objects::nonNull)
                .filter(folder -> Files.isDirectory(folder.resolve("examples")))
                .findFirst()
                .orElseThrow();
    }
}
