package org.weir.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.weir.checkpoint.Checkpoint;
import org.weir.checkpoint.MappedTensor;
import org.weir.checkpoint.TensorInfo;
import org.weir.checkpoint.TensorReader.Way;
import org.weir.stage.Recipe;
import org.weir.stage.Strip;

/** The memory that merging these tensors takes, as a sum, for any number of workers and size of tiles. */
final class MemorySum {

    static final int TABLE_ENTRIES = 1 << 20;

    /** Heap, code cache and metaspace of the JVM with all kernels compiled, measured on JDK 25 with its flags. */
    private static final long JVM_BYTES = 85_000_000;
    /** What the compiler takes more, for a while, where loops are large. */
    private static final long LARGE_LOOP_BYTES = 16_000_000;

    /** Objects that stand for a header once it is parsed, per byte of it: measured with 100,000 tensors of 3 and 9 inputs. */
    private static final long BYTES_PER_HEADER_BYTE = 4;

    /** What is planned and found out of a tensor, measured with those; the heap's room to collect in is included in all three. */
    private static final long BYTES_PER_TENSOR = 1_800;
    /** More of those that are surveyed. */
    private static final long BYTES_PER_SURVEYED_TENSOR = 250;

    private final int tensors;
    /** With those of fused steps. */
    private long all;

    private final long headerBytes;
    /** Of what is computed in the place of inputs. */
    private final Optional<MemorySum> ofSteps;

    // What the tensors come to, the most or the sum, after one look at each: there may be very many of them.
    private @Nullable Recipe before;
    private boolean surveyed;
    private boolean wholeModel;
    private boolean largeLoops;
    private int lanes;
    private int rowViews;
    private int inputs = 1;
    private int experts;
    private int fusedPlaces;
    private int inputWidthBytes = 1;
    private int outputWidthBytes = 1;
    private long inputBytes;
    private long mostBlocks;
    private long allBlocks;
    private long keptByEachBytes;
    private long keptByAllBytes;
    private long factBytes;
    private long systemBytes;
    private long panelBytes;

    /** Of embeddings and heads, which are few. */
    private final Set<TokenRows> tokenRows = new HashSet<>();

    MemorySum(List<? extends TensorPlan> tensors, List<Input> files) {
        this.tensors = tensors.size();
        this.headerBytes = files.stream()
                .map(Input::checkpoint)
                .distinct()
                .mapToLong(Checkpoint::headerBytes)
                .sum();
        List<MergedTensor> steps = new ArrayList<>();
        for (TensorPlan tensor : tensors) {
            outputWidthBytes = Math.max(outputWidthBytes, widthBytes(tensor.output()));
            inputBytes += tensor.readBytes();
            switch (tensor) {
                case MergedTensor merged -> {
                    add(merged);
                    merged.fused().values().forEach(step -> steps.add(step.tensor()));
                }
                case SolvedTensor solved -> add(solved);
                case CopiedTensor _ -> all++; // goes by bytes, whatever its dtype
            }
        }
        this.ofSteps = steps.isEmpty() ? Optional.empty() : Optional.of(new MemorySum(steps, List.of()));
    }

    private void add(MergedTensor tensor) {
        Recipe recipe = tensor.recipe();
        if (!recipe.equals(before)) { // mostly all share one
            wholeModel |= ModelScope.isIn(tensor);
            lanes = Math.max(lanes, recipe.fold().lanes());
            largeLoops |= recipe.hasLargeLoops();
            before = recipe;
        }
        surveyed |= tensor.readings() > 1;
        rowViews = Math.max(rowViews, tensor.views().size());
        experts = Math.max(experts, tensor.experts().size());
        inputs = Math.max(inputs, tensor.experts().size() + (tensor.base().isPresent() ? 1 : 0));
        fusedPlaces = Math.max(fusedPlaces, tensor.fused().size());
        mostBlocks = Math.max(mostBlocks, tensor.blocks());
        allBlocks += tensor.blocks();
        tensor.base().ifPresent(this::addWidth);
        tensor.experts().forEach(this::addWidth);
        long kept = recipe.surveyBytes(tensor.output().elements());
        if (tensor.isForOneWorker()) {
            keptByEachBytes = Math.max(keptByEachBytes, kept);
        } else {
            keptByAllBytes = Math.max(keptByAllBytes, kept);
        }
        addFacts(tensor);
        tensor.views().forEach(view -> tokenRows.add(view.tokenRows()));
    }

    private void add(SolvedTensor tensor) {
        all++;
        largeLoops = true; // products and eliminations
        tensor.inputs().forEach(this::addWidth);
        systemBytes = Math.max(systemBytes, tensor.systemBytes());
        panelBytes = Math.max(panelBytes, tensor.panelBytes());
    }

    private void addWidth(MappedTensor input) {
        inputWidthBytes = Math.max(inputWidthBytes, widthBytes(input.info()));
    }

    private static int widthBytes(TensorInfo info) {
        return Math.max(1, info.dtype().bits() / Byte.SIZE);
    }

    /** Tiles end where strips do, so that strips are the same whatever tiles are. */
    MemoryBudget budget(int workers, int tileElementsAsked, Way way) {
        int tileElements = Math.ceilDiv(tileElementsAsked, Strip.ELEMENTS) * Strip.ELEMENTS;
        Windows windows = windows(tileElements, way);
        Optional<FusedMemory> fused = fused(tileElements, way);
        MemoryBudget sizes = new MemoryBudget(
                List.of(),
                workers,
                tileElements,
                (long) tileElements * outputWidthBytes,
                windows,
                Math.min(workers * (windows.filePageBytes() + filePageBytes(fused)), inputBytes + headerBytes),
                Math.max(1, lanes),
                rowViews,
                fused,
                panelBytes,
                surveyed ? TABLE_ENTRIES : 0);
        return sizes.with(lines(sizes));
    }

    /** What memory of these sizes adds up from. */
    private List<MemoryBudget.Line> lines(MemoryBudget sizes) {
        int workers = sizes.workers();
        Windows windows = sizes.windows();
        List<MemoryBudget.Line> lines = new ArrayList<>();
        lines.add(new MemoryBudget.Line("Java virtual machine", JVM_BYTES + (largeLoops ? LARGE_LOOP_BYTES : 0)));
        lines.add(new MemoryBudget.Line("parsed headers", parsedHeaderBytes()));
        lines.add(new MemoryBudget.Line(
                "strips (%d workers × %d × %d floats)".formatted(workers, 2 + lanes, Strip.ARRAY_ELEMENTS),
                workers * (2L + lanes) * Strip.ARRAY_ELEMENTS * Float.BYTES));
        lines.add(new MemoryBudget.Line(
                "output tiles (%d workers × %d elements)".formatted(workers, sizes.tileElements()),
                workers * sizes.tileBytes()));
        if (windows.privateBytes() > 0) {
            lines.add(new MemoryBudget.Line(
                    "input tiles (%d workers × %d inputs × %d elements)"
                            .formatted(workers, windows.inputs(), sizes.tileElements()),
                    workers * windows.privateBytes()));
        }
        if (sizes.rowViews() > 0) {
            lines.add(new MemoryBudget.Line(
                    "rows of tokens (%d workers × %d matrices × %d elements)"
                            .formatted(workers, sizes.rowViews() + 1, windows.elements()),
                    workers * rowBytes(sizes.rowViews(), windows) + tokenRowBytes()));
        }
        sizes.fused()
                .ifPresent(each -> lines.add(new MemoryBudget.Line(
                        "fused steps (%d workers × their strips, inputs and %d tiles)"
                                .formatted(workers, each.places()),
                        workers * each.bytes())));
        lines.addAll(linesOfTensors(sizes));
        return lines;
    }

    /** Those of what is found out about tensors, or solved for. */
    private List<MemoryBudget.Line> linesOfTensors(MemoryBudget sizes) {
        int workers = sizes.workers();
        List<MemoryBudget.Line> lines = new ArrayList<>();
        if (sizes.tableEntries() > 0) {
            lines.add(new MemoryBudget.Line(
                    "survey tables (%d workers × %d counters)".formatted(workers, TABLE_ENTRIES),
                    (long) workers * TABLE_ENTRIES * Long.BYTES));
            lines.add(new MemoryBudget.Line("survey results", blockBytes() + keptBytes(workers)));
        }
        lines.add(new MemoryBudget.Line("facts for the report", factBytes));
        lines.add(new MemoryBudget.Line("%,d tensors".formatted(tensors), tensorBytes()));
        if (sizes.panelBytes() > 0) {
            lines.add(new MemoryBudget.Line("largest system of equations", systemBytes));
            lines.add(new MemoryBudget.Line("panels (%d workers)".formatted(workers), workers * sizes.panelBytes()));
        }
        return lines;
    }

    private static long rowBytes(int rowViews, Windows windows) {
        return (rowViews + 1) * windows.bytes();
    }

    private Optional<FusedMemory> fused(int tileElements, Way way) {
        if (ofSteps.isEmpty()) {
            return Optional.empty();
        }
        int elements = Math.max(tileElements, Strip.ELEMENTS);
        MemorySum steps = ofSteps.orElseThrow();
        long placeBytes = (long) elements * steps.outputWidthBytes;
        return Optional.of(new FusedMemory(fusedPlaces, placeBytes, steps.ofStep(elements, way)));
    }

    /** What one worker needs to compute tiles of these tensors into memory that is there, without surveys. */
    private MemoryBudget ofStep(int elements, Way way) {
        Windows windows = windows(elements, way);
        Optional<FusedMemory> fused = fused(elements, way);
        List<MemoryBudget.Line> lines = List.of(
                new MemoryBudget.Line("strips", (2L + lanes) * Strip.ARRAY_ELEMENTS * Float.BYTES),
                new MemoryBudget.Line("inputs", windows.privateBytes()),
                new MemoryBudget.Line("rows", rowViews == 0 ? 0 : rowBytes(rowViews, windows) + tokenRowBytes()),
                new MemoryBudget.Line("steps", fused.map(FusedMemory::bytes).orElse(0L)));
        long filePages = windows.filePageBytes() + filePageBytes(fused);
        return new MemoryBudget(lines, 1, elements, 0, windows, filePages, Math.max(1, lanes), rowViews, fused, 0, 0);
    }

    private static long filePageBytes(Optional<FusedMemory> fused) {
        return fused.map(each -> each.step().filePageBytes()).orElse(0L);
    }

    /** They live in the heap, which does not grow beyond its limit. */
    private long parsedHeaderBytes() {
        return Math.min(
                headerBytes * BYTES_PER_HEADER_BYTE, Runtime.getRuntime().maxMemory());
    }

    private Windows windows(int tileElements, Way way) {
        return new Windows(way, inputs, tileElements, inputWidthBytes);
    }

    /** Which row is where, for all tokens. */
    private long tokenRowBytes() {
        return tokenRows.stream().mapToLong(TokenRows::bytes).sum();
    }

    /** At most 16 bytes per block and expert, of the tensors surveyed at one time. */
    private long blockBytes() {
        return 16 * (wholeModel ? allBlocks : mostBlocks) * experts;
    }

    /** One worker at a small tensor each, or all at one large tensor. */
    private long keptBytes(int workers) {
        return Math.max(workers * keptByEachBytes, keptByAllBytes);
    }

    /** Two sums per block of the model, and two counts per expert of each tensor; the same of fused steps. */
    private void addFacts(MergedTensor tensor) {
        all++;
        factBytes += 16L * (tensor.blocks() + tensor.experts().size());
        if (!tensor.fused().isEmpty()) {
            tensor.fused().values().forEach(step -> addFacts(step.tensor()));
        }
    }

    /** In the heap, like headers. */
    private long tensorBytes() {
        long perTensor = BYTES_PER_TENSOR + (surveyed ? BYTES_PER_SURVEYED_TENSOR : 0);
        return Math.min(all * perTensor, Runtime.getRuntime().maxMemory());
    }
}
