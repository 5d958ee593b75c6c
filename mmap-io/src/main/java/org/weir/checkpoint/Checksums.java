package org.weir.checkpoint;

import java.util.List;

/**
 * What was written, by checksums of the bytes as they were in memory.
 *
 * @param tensors by their number in the layout
 * @param headers of the shards, length words included
 * @param shards the files with the weights
 * @param others the files beside them
 */
public record Checksums(
        List<Integer> tensors, List<Integer> headers, List<OutputFile> shards, List<OutputFile> others) {
    public Checksums {
        tensors = List.copyOf(tensors);
        headers = List.copyOf(headers);
        shards = List.copyOf(shards);
        others = List.copyOf(others);
    }
}
