package org.weir.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.weir.plan.MemoryBudget;
import org.weir.stage.Strip;

/** Everything that one thread works with: all buffers of a merge are here, and made before the first tile. */
final class Worker {

    private static final int MAX_WIDTH_BYTES = 8;

    final Strip base = new Strip();
    final Strip expert = new Strip();
    final float[][] lanes;
    final MemorySegment tile;
    final long[] table;
    final StageMeter meter;
    private @Nullable Sweep sweep;

    Worker(MemoryBudget budget, Arena arena, StageMeter meter) {
        lanes = new float[budget.lanes()][Strip.ARRAY_ELEMENTS];
        tile = arena.allocate((long) budget.tileElements() * MAX_WIDTH_BYTES, 64);
        this.meter = meter;
        table = new long[budget.tableEntries()];
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
