package org.weir.engine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.weir.checkpoint.MappedTensor;
import org.weir.checkpoint.TensorReader;
import org.weir.plan.FusedMemory;
import org.weir.plan.MemoryBudget;
import org.weir.plan.RowView;
import org.weir.plan.Windows;
import org.weir.stage.Strip;
import org.weir.stage.TileOp;

/** Everything that one thread works with: all buffers of a merge are here, and made before the first tile. */
final class Worker {

    final Strip base = new Strip();
    final Strip expert = new Strip();
    final float[][] lanes;
    /** Where output goes: of a worker that computes fused steps, where the other one reads it. */
    MemorySegment tile;

    final long[] table;
    /** Elements of a strip that are not finite in some input. */
    final boolean[] marks = new boolean[Strip.ELEMENTS];
    /** About the range that is being merged. */
    RangeFacts found = new RangeFacts();

    /** The element of the tensor that the inputs which were read begin with. */
    long firstElement;

    /** For each expert the operations on the rows at hand, where they had to see them first; else none. */
    List<List<TileOp>> rowOperations = List.of();

    final StageMeter meter;

    private final TensorReader reader;
    private final RowReader rows;
    private final MemorySegment[] inputs;
    private final Optional<Worker> ofSteps;
    private final MemorySegment computed;
    private final long computedBytes;
    private @Nullable Sweep sweep;

    Worker(MemoryBudget budget, Arena arena, StageMeter meter) {
        lanes = new float[budget.lanes()][Strip.ARRAY_ELEMENTS];
        tile = arena.allocate(budget.tileBytes(), 64);
        this.meter = meter;
        table = new long[budget.tableEntries()];
        Windows windows = budget.windows();
        reader = TensorReader.of(windows.way(), windows.inputs(), windows.bytes(), arena);
        rows = new RowReader(budget.rowViews(), windows, arena);
        inputs = new MemorySegment[windows.inputs()];
        ofSteps = budget.fused().map(fused -> new Worker(fused.step(), arena, meter));
        computedBytes = budget.fused().map(FusedMemory::placeBytes).orElse(0L);
        computed = arena.allocate(budget.fused().map(FusedMemory::places).orElse(0) * computedBytes, 64);
    }

    /** The one that computes an input of a fused step, into this one's memory; of a tensor's such inputs, by number. */
    Worker computing(int number, int input) {
        Worker step = ofSteps.orElseThrow();
        step.tile = computed.asSlice(number * computedBytes, computedBytes);
        inputs[input] = step.tile;
        return step;
    }

    /** Brings a range of an input in, where {@link #input} has it until the next range comes or it is released. */
    void read(int place, MappedTensor tensor, long fromByte, long lengthBytes) throws IOException {
        inputs[place] = reader.read(place, tensor, fromByte, lengthBytes);
    }

    /** The same for elements that are put together from rows; there is nothing to release. */
    void read(int place, RowView view, long first, long end) throws IOException {
        inputs[place] = rows.read(place, view, first, end);
    }

    /** The range of an input that was read last. */
    MemorySegment input(int place) {
        return inputs[place];
    }

    void release(MappedTensor tensor, long fromByte, long lengthBytes) {
        reader.release(tensor, fromByte, lengthBytes);
    }

    /** Gets the table ready for a sweep, once per sweep. */
    void join(Sweep joined) {
        if (sweep != joined) {
            joined.clear(table);
            sweep = joined;
        }
    }

    boolean tookPartIn(Sweep asked) {
        return sweep == asked;
    }
}
