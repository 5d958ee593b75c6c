package org.weir.plan;

import java.util.List;
import java.util.Optional;

/**
 * All memory that a merge uses beside file pages, as a sum. It holds neither the number of experts nor the size of a
 * tensor or model, but for headers and a few bytes per 256 K elements that surveys keep.
 *
 * @param lines what it is made of
 * @param workers how many threads merge
 * @param tileElements elements that a worker merges between two writes
 * @param tileBytes what they take of output at most
 * @param windows what a worker has of the inputs at a time
 * @param filePageBytes pages of inputs that are mapped at a time: beside the sum, because the kernel can take them back
 * @param lanes floats of state per element that the most demanding fold wants
 * @param rowViews the most inputs of a tensor that are put together from rows
 * @param fused for the inputs that are results of fused steps
 * @param panelBytes what a worker has on the heap to solve for whole matrices
 * @param tableEntries entries of the table in which a worker counts, for all experts together
 */
public record MemoryBudget(
        List<Line> lines,
        int workers,
        int tileElements,
        long tileBytes,
        Windows windows,
        long filePageBytes,
        int lanes,
        int rowViews,
        Optional<FusedMemory> fused,
        long panelBytes,
        int tableEntries) {

    /** One addend. */
    public record Line(String label, long bytes) {}

    public MemoryBudget {
        lines = List.copyOf(lines);
    }

    MemoryBudget with(List<Line> sum) {
        return new MemoryBudget(
                sum,
                workers,
                tileElements,
                tileBytes,
                windows,
                filePageBytes,
                lanes,
                rowViews,
                fused,
                panelBytes,
                tableEntries);
    }

    public long totalBytes() {
        return lines.stream().mapToLong(Line::bytes).sum();
    }
}
