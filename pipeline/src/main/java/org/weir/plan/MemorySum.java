package org.weir.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.weir.checkpoint.Checkpoint;
import org.weir.checkpoint.MappedTensor;
import org.weir.checkpoint.TensorInfo;
import org.weir.checkpoint.TensorReader.Way;
import org.weir.stage.Strip;

/** The memory that merging these tensors takes, as a sum, for any number of workers and size of tiles. */
final class MemorySum {

    static final int TABLE_ENTRIES = 1 << 20;

    /** Heap, code cache and metaspace of the JVM with all kernels compiled, measured on JDK 25 with its flags. */
    private static final long JVM_BYTES = 90_000_000;
    /** What the compiler takes more where experts vote: for a while, for the largest loops there are. */
    private static final long LARGE_LOOP_BYTES = 16_000_000;

    /** Objects that stand for a header once it is parsed, per byte of it: measured with 100,000 tensors, like the next. */
    private static final long BYTES_PER_HEADER_BYTE = 3;

    /** What is planned and found out of a tensor, and said of it in the manifest; the heap's room to collect in included. */
    private static final long BYTES_PER_TENSOR = 4_200;
    /** More of those that are surveyed. */
    private static final long BYTES_PER_SURVEYED_TENSOR = 1_400;

    private final List<TensorPlan> tensors;
    private final List<MergedTensor> merged;
    private final boolean surveyed;
    private final long headerBytes;

    MemorySum(List<TensorPlan> tensors, List<Input> inputs) {
        this.tensors = tensors;
        this.merged = tensors.stream()
                .filter(MergedTensor.class::isInstance)
                .map(MergedTensor.class::cast)
                .toList();
        this.surveyed = merged.stream().anyMatch(tensor -> tensor.readings() > 1);
        this.headerBytes = inputs.stream()
                .map(Input::checkpoint)
                .distinct()
                .mapToLong(Checkpoint::headerBytes)
                .sum();
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
                (long) tileElements * widestBytes(tensors.stream().map(TensorPlan::output)),
                windows,
                Math.min(workers * (windows.filePageBytes() + filePageBytes(fused)), inputBytes()),
                Math.max(1, lanes()),
                rowViews(),
                fused,
                most(SolvedTensor::panelBytes),
                surveyed ? TABLE_ENTRIES : 0);
        return sizes.with(lines(sizes));
    }

    /** What memory of these sizes adds up from. */
    private List<MemoryBudget.Line> lines(MemoryBudget sizes) {
        int workers = sizes.workers();
        int lanes = lanes();
        Windows windows = sizes.windows();
        List<MemoryBudget.Line> lines = new ArrayList<>();
        lines.add(new MemoryBudget.Line("Java virtual machine", JVM_BYTES + (lanes > 1 ? LARGE_LOOP_BYTES : 0)));
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
        lines.add(new MemoryBudget.Line("facts for the report", factBytes()));
        lines.add(new MemoryBudget.Line("%,d tensors".formatted(tensors.size()), tensorBytes()));
        if (sizes.panelBytes() > 0) {
            lines.add(new MemoryBudget.Line("largest system of equations", most(SolvedTensor::systemBytes)));
            lines.add(new MemoryBudget.Line("panels (%d workers)".formatted(workers), workers * sizes.panelBytes()));
        }
        return lines;
    }

    private int lanes() {
        return merged.stream()
                .mapToInt(tensor -> tensor.recipe().fold().lanes())
                .max()
                .orElse(0);
    }

    private int rowViews() {
        return merged.stream().mapToInt(tensor -> tensor.views().size()).max().orElse(0);
    }

    private static long rowBytes(int rowViews, Windows windows) {
        return (rowViews + 1) * windows.bytes();
    }

    private Optional<FusedMemory> fused(int tileElements, Way way) {
        int places =
                merged.stream().mapToInt(tensor -> tensor.fused().size()).max().orElse(0);
        List<TensorPlan> computed = merged.stream()
                .flatMap(tensor -> tensor.fused().values().stream())
                .<TensorPlan>map(FusedTensor::tensor)
                .toList();
        if (places == 0) {
            return Optional.empty();
        }
        int elements = Math.max(tileElements, Strip.ELEMENTS);
        long placeBytes = (long) elements * widestBytes(computed.stream().map(TensorPlan::output));
        return Optional.of(
                new FusedMemory(places, placeBytes, new MemorySum(computed, List.of()).ofStep(elements, way)));
    }

    /** What one worker needs to compute tiles of these tensors into memory that is there, without surveys. */
    private MemoryBudget ofStep(int elements, Way way) {
        int lanes = lanes();
        int rowViews = rowViews();
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
        int inputs = merged.stream()
                .mapToInt(tensor -> (int) tensor.inputs().count())
                .max()
                .orElse(1);
        Stream<MappedTensor> all =
                Stream.concat(merged.stream().flatMap(MergedTensor::inputs), solved().flatMap(SolvedTensor::inputs));
        int width = widestBytes(all.map(MappedTensor::info));
        return new Windows(way, inputs, tileElements, width);
    }

    /** What is copied goes by bytes, whatever its dtype. */
    private static int widestBytes(Stream<TensorInfo> infos) {
        return infos.mapToInt(info -> Math.max(1, info.dtype().bits() / Byte.SIZE))
                .max()
                .orElse(1);
    }

    private long inputBytes() {
        return tensors.stream().mapToLong(TensorPlan::readBytes).sum() + headerBytes;
    }

    /** Which row is where, for all tokens. */
    private long tokenRowBytes() {
        return merged.stream()
                .flatMap(tensor -> tensor.views().stream())
                .map(RowView::tokenRows)
                .distinct()
                .mapToLong(TokenRows::bytes)
                .sum();
    }

    /** At most 16 bytes per block and expert, of the tensors surveyed at one time. */
    private long blockBytes() {
        boolean wholeModel = merged.stream().anyMatch(ModelScope::isIn);
        long blocks = wholeModel
                ? merged.stream().mapToLong(MergedTensor::blocks).sum()
                : merged.stream().mapToLong(MergedTensor::blocks).max().orElse(0);
        int experts = merged.stream()
                .map(tensor -> tensor.experts().size())
                .max(Comparator.naturalOrder())
                .orElse(0);
        return 16 * blocks * experts;
    }

    /** One worker at a small tensor each, or all at one large tensor. */
    private long keptBytes(int workers) {
        return merged.stream()
                .mapToLong(tensor -> (tensor.isForOneWorker() ? workers : 1)
                        * tensor.recipe().surveyBytes(tensor.output().elements()))
                .max()
                .orElse(0);
    }

    private static Stream<MergedTensor> withSteps(MergedTensor tensor) {
        return Stream.concat(
                Stream.of(tensor), tensor.fused().values().stream().flatMap(step -> withSteps(step.tensor())));
    }

    /** Two sums per block of the model, and two counts per expert of each tensor; the same of fused steps. */
    private long factBytes() {
        return merged.stream()
                .flatMap(MemorySum::withSteps)
                .mapToLong(tensor -> 16L * (tensor.blocks() + tensor.experts().size()))
                .sum();
    }

    /** In the heap, like headers. */
    private long tensorBytes() {
        long perTensor = BYTES_PER_TENSOR + (surveyed ? BYTES_PER_SURVEYED_TENSOR : 0);
        long ofSteps = merged.stream().flatMap(MemorySum::withSteps).count() - merged.size();
        return Math.min(
                (tensors.size() + ofSteps) * perTensor, Runtime.getRuntime().maxMemory());
    }

    private long most(ToLongFunction<SolvedTensor> bytes) {
        return solved().mapToLong(bytes).max().orElse(0);
    }

    private Stream<SolvedTensor> solved() {
        return tensors.stream().filter(SolvedTensor.class::isInstance).map(SolvedTensor.class::cast);
    }
}
