package org.weir.engine;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.weir.plan.MergedTensor;
import org.weir.simd.Bf16Fusion;
import org.weir.stage.Strip;
import org.weir.stage.TileOp;

/** Makes ranges of a tensor's output: in a loop that does it all at once where there is one, strip by strip what is left. */
final class RangeMerge {

    /** Fewer elements are not worth a call of a fused loop. */
    private static final long LEAST_FUSED = 128;
    /** Of so many blocks one is looked at closely. */
    private static final long SAMPLED_BLOCKS = 4;

    private final TensorRun run;
    private final MergedTensor plan;
    private final boolean fusable;
    private final StripMerge strips;
    private final StripMerge leftovers;

    /**
     * @param fusable whether there may be such a loop; the recipe tells whether there is
     * @param strips merges what there is none for
     * @param leftovers merges the few elements that such a loop leaves out
     */
    RangeMerge(TensorRun run, boolean fusable, StripMerge strips, StripMerge leftovers) {
        this.run = run;
        this.plan = run.plan();
        this.fusable = fusable;
        this.strips = strips;
        this.leftovers = leftovers;
    }

    /**
     * Makes the output of these elements in the worker's tile.
     *
     * @param sampled whether to look closely at one strip of some blocks; a fused step may be made several times
     */
    void merge(Worker worker, long first, long end, boolean sampled) {
        for (long at = first; at < end; ) {
            long blockEnd = Math.min(run.elements(), (at / Strip.BLOCK_ELEMENTS + 1) * Strip.BLOCK_ELEMENTS);
            long to = Math.min(end, blockEnd);
            if (sampled && at / Strip.BLOCK_ELEMENTS % SAMPLED_BLOCKS == 0) {
                long strip = sample(at / Strip.BLOCK_ELEMENTS, blockEnd);
                long sample = Math.clamp(strip, at, to);
                long sampleEnd = Math.clamp(strip + Strip.ELEMENTS, at, to);
                mergePart(worker, at, sample, first);
                StripMerge looked = fusion(sample, sample, worker).isPresent() ? leftovers : strips;
                mergeStaged(looked, worker, sample, sampleEnd, first, true);
                mergePart(worker, sampleEnd, to, first);
            } else {
                mergePart(worker, at, to, first);
            }
            at = to;
        }
    }

    /** Where the strip of a block begins that stands for it: at a place that differs, so that rows do not line up with it. */
    private static long sample(long block, long blockEnd) {
        long begin = block * Strip.BLOCK_ELEMENTS;
        long strips = Math.ceilDiv(blockEnd - begin, (long) Strip.ELEMENTS);
        long scattered = ((block + 1) * 0x9E3779B97F4A7C15L) >>> 33;
        return begin + scattered % strips * Strip.ELEMENTS;
    }

    private void mergePart(Worker worker, long from, long to, long tileFirst) {
        if (from == to) {
            return; // of a small tensor the sample is all there is
        }
        if (fusion(from, from, worker).isPresent()) {
            mergeHalves(worker, from, to, tileFirst);
        } else {
            mergeStaged(strips, worker, from, to, tileFirst, false);
        }
    }

    /** Fuses all but the few elements where some operation changes within a block: its last of several equals, say. */
    private void mergeHalves(Worker worker, long from, long to, long tileFirst) {
        if (from == to || mergeFused(worker, from, to, tileFirst)) {
            return;
        }
        if (to - from <= LEAST_FUSED) {
            mergeStaged(leftovers, worker, from, to, tileFirst, false);
            return;
        }
        long middle = from + (to - from) / 2 / LEAST_FUSED * LEAST_FUSED;
        middle = Math.max(middle, from + LEAST_FUSED);
        mergeHalves(worker, from, middle, tileFirst);
        mergeHalves(worker, middle, to, tileFirst);
    }

    /**
     * Makes these elements of one block in the loop that does it all at once, or says that there is none. In pieces as
     * small as strips: a loop that is not compiled yet is left soon, and found compiled the next time.
     */
    private boolean mergeFused(Worker worker, long from, long to, long tileFirst) {
        Optional<Bf16Fusion> fusion = fusion(from, to, worker);
        if (fusion.isEmpty()) {
            return false;
        }
        for (long at = from; at < to; at += Strip.ELEMENTS) {
            int n = (int) Math.min(Strip.ELEMENTS, to - at);
            long tileOffsetBytes = (at - tileFirst) * run.outputWidthBytes();
            fusion.get().merge(at, n, worker.tile, tileOffsetBytes);
            run.finite().look(worker, at, n, tileOffsetBytes);
        }
        return true;
    }

    private Optional<Bf16Fusion> fusion(long from, long to, Worker worker) {
        if (!fusable || from % 2 != 0) {
            return Optional.empty();
        }
        int block = plan.firstBlock() + Math.toIntExact(from / Strip.BLOCK_ELEMENTS);
        int fromInBlock = (int) (from % Strip.BLOCK_ELEMENTS);
        int toInBlock = fromInBlock + (int) (to - from);
        Optional<MemorySegment> base = plan.base().map(tensor -> worker.input(0));
        Optional<Bf16Fusion> loop = run.fold()
                .fusion(base, worker.firstElement, (float) plan.recipe().factor());
        if (loop.isEmpty()) {
            return loop;
        }
        Bf16Fusion fusion = loop.get();
        for (int expert = 0; expert < run.experts(); expert++) {
            fusion.expert(expert, worker.input(run.inputOf(expert)));
            for (TileOp operation : run.operations(expert, worker)) {
                if (!operation.fuse(fusion, expert, block, fromInBlock, toInBlock)) {
                    return Optional.empty();
                }
            }
        }
        return loop;
    }

    private void mergeStaged(StripMerge way, Worker worker, long from, long to, long tileFirst, boolean sampled) {
        for (long at = from; at < to; at += worker.expert.length()) {
            run.move(worker, at, to);
            long tileOffsetBytes = (at - tileFirst) * run.outputWidthBytes();
            way.merge(worker, tileOffsetBytes, sampled);
            run.finite().look(worker, at, worker.expert.length(), tileOffsetBytes);
        }
    }
}
