package org.weir.plan;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.weir.checkpoint.Checkpoint;
import org.weir.stage.Strip;

/** Makes the memory sum, and makes it fit: smaller tiles first, then fewer workers. */
final class MemoryPlanner {

    /** Heap, code cache and metaspace of the JVM with all kernels compiled, measured on JDK 25 with its flags. */
    private static final long JVM_BYTES = 156_000_000;

    /** Objects that stand for a header once it is parsed, per byte of it: measured with 100,000 tensors. */
    private static final long BYTES_PER_HEADER_BYTE = 4;

    private static final int MIN_TILE_ELEMENTS = 1 << 16;
    static final int TABLE_ENTRIES = 1 << 20;
    private static final int MAX_OUTPUT_WIDTH_BYTES = 8;

    private final List<TensorPlan> tensors;
    private final long headerBytes;

    MemoryPlanner(List<TensorPlan> tensors, List<Input> inputs) {
        this.tensors = tensors;
        this.headerBytes = inputs.stream()
                .map(Input::checkpoint)
                .distinct()
                .mapToLong(Checkpoint::headerBytes)
                .sum();
    }

    /** The largest budget within the limit, or the smallest there is if none fits. */
    MemoryBudget fit(MergeOptions options) {
        long limit = limitBytes(options);
        int tile = options.tileElements();
        int workers = options.threads();
        MemoryBudget budget = budget(workers, tile);
        while (budget.totalBytes() > limit && (tile > MIN_TILE_ELEMENTS || workers > 1)) {
            if (tile > MIN_TILE_ELEMENTS) {
                tile = Math.max(tile / 2, MIN_TILE_ELEMENTS);
            } else {
                workers--;
            }
            budget = budget(workers, tile);
        }
        return budget;
    }

    /** What was asked for, or what the machine or its container has. */
    static long limitBytes(MergeOptions options) {
        var machine = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return options.memoryBytes().orElse(machine.getTotalMemorySize());
    }

    private MemoryBudget budget(int workers, int tileElements) {
        int lanes = merged().stream()
                .mapToInt(tensor -> tensor.recipe().fold().lanes())
                .max()
                .orElse(0);
        boolean surveyed = merged().stream().anyMatch(tensor -> tensor.readings() > 1);
        List<MemoryBudget.Line> lines = new ArrayList<>();
        lines.add(new MemoryBudget.Line("Java virtual machine", JVM_BYTES));
        lines.add(new MemoryBudget.Line("parsed headers", headerBytes * BYTES_PER_HEADER_BYTE));
        lines.add(new MemoryBudget.Line(
                "strips (%d workers × %d × %d floats)".formatted(workers, 2 + lanes, Strip.ARRAY_ELEMENTS),
                workers * (2L + lanes) * Strip.ARRAY_ELEMENTS * Float.BYTES));
        lines.add(new MemoryBudget.Line(
                "output tiles (%d workers × %d elements)".formatted(workers, tileElements),
                (long) workers * tileElements * MAX_OUTPUT_WIDTH_BYTES));
        if (surveyed) {
            lines.add(new MemoryBudget.Line(
                    "survey tables (%d workers × %d counters)".formatted(workers, TABLE_ENTRIES),
                    (long) workers * TABLE_ENTRIES * Long.BYTES));
            lines.add(new MemoryBudget.Line("survey results per block", blockBytes()));
        }
        return new MemoryBudget(lines, workers, tileElements, Math.max(1, lanes), surveyed ? TABLE_ENTRIES : 0);
    }

    /** At most 16 bytes per block and expert, of the tensors surveyed at one time. */
    private long blockBytes() {
        boolean wholeModel = merged().stream().anyMatch(ModelScope::isIn);
        long blocks = wholeModel
                ? merged().stream().mapToLong(MergedTensor::blocks).sum()
                : merged().stream().mapToLong(MergedTensor::blocks).max().orElse(0);
        int experts = merged().stream()
                .map(tensor -> tensor.experts().size())
                .max(Comparator.naturalOrder())
                .orElse(0);
        return 16 * blocks * experts;
    }

    private List<MergedTensor> merged() {
        return tensors.stream()
                .filter(MergedTensor.class::isInstance)
                .map(MergedTensor.class::cast)
                .toList();
    }
}
