package org.weir.checkpoint;

import java.nio.file.Path;
import java.time.Instant;

/**
 * Which file an input is, and which state of it: two that are equal are the same bytes, unless somebody means to deceive.
 *
 * @param path as it was opened
 * @param device of the file that the path leads to
 * @param modified when its content was written to last, to the nanosecond
 * @param statusChanged when anything about it was changed last
 * @param headerCrc32c the checksum of what is before the data
 */
public record InputFile(
        Path path, long device, long inode, long bytes, Instant modified, Instant statusChanged, int headerCrc32c) {}
