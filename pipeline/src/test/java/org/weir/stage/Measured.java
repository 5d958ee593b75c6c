package org.weir.stage;

import java.util.Arrays;
import org.weir.simd.Kernels;

/** Runs an operation over a whole tensor of deltas, surveys first, in one thread. */
final class Measured {

    private static final Kernels KERNELS = Kernels.best();

    private Measured() {}

    /** What the operation makes of the deltas, with survey tables of at most that size. */
    static float[] apply(TileOp operation, float[] deltas, int tableEntries) {
        return run(ready(operation, tableEntries, deltas), deltas, 0);
    }

    /** The operation when all its surveys have seen the tensors, one after the other. */
    static TileOp ready(TileOp operation, int tableEntries, float[]... tensors) {
        Extent extent = extent(tensors);
        TileOp op = operation;
        for (int sweeps = 0; !op.ready(); sweeps++) {
            if (sweeps > 8) {
                throw new AssertionError("not ready after 8 sweeps");
            }
            Survey survey = op.survey(extent, tableEntries);
            long[] table = new long[survey.tableEntries()];
            int firstBlock = 0;
            for (float[] tensor : tensors) {
                show(survey, tensor, firstBlock, table);
                firstBlock += Strip.blocks(tensor.length);
            }
            survey.absorb(table, 0);
            op = op.measured(survey);
        }
        return op;
    }

    static float[] run(TileOp op, float[] deltas, int firstBlock) {
        float[] result = new float[deltas.length];
        Strip strip = new Strip();
        for (long at = 0; at < deltas.length; at += strip.length()) {
            strip.moveTo(firstBlock, at, deltas.length);
            System.arraycopy(deltas, (int) at, strip.values(), 0, strip.length());
            op.apply(strip, strip, KERNELS);
            System.arraycopy(strip.values(), 0, result, (int) at, strip.length());
        }
        return result;
    }

    private static Extent extent(float[]... tensors) {
        int blocks =
                Arrays.stream(tensors).mapToInt(t -> Strip.blocks(t.length)).sum();
        return new Extent(
                0, blocks, Arrays.stream(tensors).mapToLong(t -> t.length).sum());
    }

    private static void show(Survey survey, float[] deltas, int firstBlock, long[] table) {
        Strip strip = new Strip();
        long at = 0;
        while (at < deltas.length) {
            int block = firstBlock + (int) (at / Strip.BLOCK_ELEMENTS);
            int offset = (int) (at % Strip.BLOCK_ELEMENTS);
            int next = survey.next(block, offset);
            at += next - offset;
            if (next < Strip.BLOCK_ELEMENTS && at < deltas.length) {
                strip.moveTo(firstBlock, at, Math.min(deltas.length, at + survey.runLength()));
                System.arraycopy(deltas, (int) at, strip.values(), 0, strip.length());
                survey.accept(strip, strip, table, 0, KERNELS);
                at += strip.length();
            }
        }
    }
}
