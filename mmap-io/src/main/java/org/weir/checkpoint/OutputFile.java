package org.weir.checkpoint;

/**
 * A file of an output, as it was written.
 *
 * @param name in its folder
 * @param crc32c of all its bytes
 */
public record OutputFile(String name, long bytes, int crc32c) {}
