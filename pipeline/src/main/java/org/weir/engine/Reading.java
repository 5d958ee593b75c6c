package org.weir.engine;

import java.io.IOException;

/** Something that takes input: brings it into memory, or computes with it. */
@FunctionalInterface
interface Reading {
    void run() throws IOException;

    /**
     * Brings input in and computes with it. A file that shrinks between the check of its pages and their use shows as an
     * InternalError, late: all that was computed is then garbage. Checking the pages again finds out which file it was.
     *
     * @param check brings the input in, and fails where that is not there
     */
    static void guarded(Reading check, Reading body) throws IOException {
        check.run();
        try {
            body.run();
        } catch (InternalError e) {
            check.run();
            throw new IOException("an input could not be read while it was being merged", e);
        }
    }
}
