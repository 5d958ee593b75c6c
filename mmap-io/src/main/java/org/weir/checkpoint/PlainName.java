package org.weir.checkpoint;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** The name of a file in a folder, and nothing that could lead out of it. */
final class PlainName {
    private PlainName() {}

    static boolean is(String name) {
        if (name.isEmpty() || name.equals(".") || name.equals("..") || name.contains("/") || name.contains("\\")) {
            return false;
        }
        try {
            return Path.of(name).getNameCount() == 1;
        } catch (InvalidPathException e) {
            return false; // a NUL, or what this system's names cannot hold
        }
    }
}
