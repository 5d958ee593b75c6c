package org.weir.plan;

import java.util.List;
import java.util.stream.Stream;
import org.weir.checkpoint.TensorReader.Way;

/** Makes the memory sum fit: smaller tiles first, then fewer workers. */
final class MemoryPlanner {

    private static final int MIN_TILE_ELEMENTS = 1 << 14;

    /** What the disk answers at once: without read-ahead, larger requests are faster. */
    private static final int DIRECT_TILE_ELEMENTS = 1 << 20;

    private static final long MAX_FILE_PAGE_BYTES = 640_000_000;
    private static final long MAX_FILE_PAGE_BYTES_PER_WORKER = 64_000_000;
    private static final long MAX_PRIVATE_BYTES = 64_000_000;
    /** What stays in a core's share of the cache from being read to being merged; more costs half of the speed. */
    private static final long MAX_COPIED_BYTES_PER_WORKER = 5_000_000;

    private static final long WRITE_BEHIND_BYTES = 32_000_000;
    /** Pages of the JVM's own files without which it reads them again at every turn. */
    private static final long PROGRAM_PAGE_BYTES = 16_000_000;

    private final MemorySum sum;

    MemoryPlanner(List<TensorPlan> tensors, List<Input> inputs) {
        this.sum = new MemorySum(tensors, inputs);
    }

    /** The largest budget within the limit, or the smallest there is if none fits. */
    MemoryBudget fit(MergeOptions options) {
        long limit = options.memoryLimitBytes();
        Way way = options.reader().orElseGet(() -> way(options, limit));
        int tile = options.tileElements();
        if (way == Way.DIRECT && tile == MergeOptions.DEFAULT_TILE_ELEMENTS) {
            tile = DIRECT_TILE_ELEMENTS;
        }
        return shrunk(sum.budget(options.threads(), tile, way), limit);
    }

    /** The fastest that there is room for. */
    private Way way(MergeOptions options, long limit) {
        return Stream.of(Way.FASTER, Way.COPIED)
                .filter(way -> hasRoom(sum.budget(options.threads(), options.tileElements(), way), limit))
                .findFirst()
                .orElse(Way.DIRECT);
    }

    /** Smaller tiles first, then fewer workers. */
    private MemoryBudget shrunk(MemoryBudget largest, long limit) {
        MemoryBudget budget = largest;
        Way way = largest.windows().way();
        long most = limit - sparedBytes(sum.budget(budget.workers(), MIN_TILE_ELEMENTS, way), limit);
        while (budget.tileElements() > MIN_TILE_ELEMENTS && !hasGoodTiles(budget, most)) {
            int tile = Math.max(budget.tileElements() / 2, MIN_TILE_ELEMENTS);
            budget = sum.budget(budget.workers(), tile, way);
        }
        while (budget.workers() > 1 && budget.totalBytes() > limit) {
            budget = sum.budget(budget.workers() - 1, budget.tileElements(), way);
        }
        return budget;
    }

    /**
     * What tiles leave to the pages that the kernel cannot do without. Where even the smallest tiles leave less, a quarter
     * of what there is goes to larger ones all the same: the smallest take twice the time.
     */
    private static long sparedBytes(MemoryBudget smallest, long limit) {
        long left = Math.max(0, limit - smallest.totalBytes());
        return Math.min(WRITE_BEHIND_BYTES + PROGRAM_PAGE_BYTES, left / 4 * 3);
    }

    /** Whether tiles leave room, and stay in the cache. */
    private static boolean hasGoodTiles(MemoryBudget budget, long most) {
        return budget.totalBytes() <= most && privateBytes(budget) <= mostPrivateBytes(budget);
    }

    /** What a worker has of inputs in memory of its own. */
    private static long privateBytes(MemoryBudget budget) {
        return budget.windows().privateBytes()
                + budget.fused().map(FusedMemory::bytes).orElse(0L);
    }

    private static long mostPrivateBytes(MemoryBudget budget) {
        long share = MAX_PRIVATE_BYTES / budget.workers();
        return budget.windows().way() == Way.DIRECT ? share : Math.min(share, MAX_COPIED_BYTES_PER_WORKER);
    }

    /** Whether mapped pages stay few, and the kernel need not take them back while they are in use. */
    private static boolean hasRoom(MemoryBudget budget, long limit) {
        long most = Math.max(MAX_FILE_PAGE_BYTES, budget.workers() * MAX_FILE_PAGE_BYTES_PER_WORKER);
        return budget.filePageBytes() <= most && residentBytes(budget) <= limit;
    }

    /**
     * With all that counts in a container: pages of inputs, those read ahead, and output on its way to the disk; and as
     * much again, without which the kernel drops what it has read ahead before anybody comes to read it.
     */
    private static long residentBytes(MemoryBudget budget) {
        return budget.totalBytes() + 2 * (budget.filePageBytes() + readAheadBytes(budget) + WRITE_BEHIND_BYTES);
    }

    private static long readAheadBytes(MemoryBudget budget) {
        return budget.windows().readAheadBytes()
                + budget.fused().map(each -> readAheadBytes(each.step())).orElse(0L);
    }
}
