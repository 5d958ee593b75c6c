package org.weir.engine;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.stream.IntStream;
import org.weir.plan.MergedTensor;
import org.weir.stage.Strip;

/** The strip that stands for its block, looked at closely: what thinning out leaves of it, and what rounding does. */
final class SampledStrip {
    /** Of the tensor. */
    private final int block;

    private final int elements;
    /** For each expert how many elements of its delta are not zero, before and after it is thinned out; if any is. */
    private final int[] changed;

    private final int[] kept;
    private double product;
    private double square;
    private int updated;
    private int unwritten;

    SampledStrip(MergedTensor plan, int block, int elements) {
        this.block = block;
        this.elements = elements;
        int experts = plan.experts().size();
        boolean thinned = IntStream.range(0, experts).anyMatch(expert -> TensorTally.thinning(plan, expert) >= 0);
        int size = thinned ? experts : 0;
        this.changed = new int[size];
        this.kept = new int[size];
    }

    void density(int expert, long changedElements, long keptElements) {
        changed[expert] = Math.toIntExact(changedElements);
        kept[expert] = Math.toIntExact(keptElements);
    }

    /** Takes in the exact update, and what was written to where the base had been. */
    void update(Strip base, float[] exact, float[] written) {
        for (int i = 0; i < base.length(); i++) {
            double u = exact[i];
            double w = (double) written[i] - base.values()[i];
            if (u != 0 && Double.isFinite(u) && Double.isFinite(w)) {
                product += w * u;
                square += u * u;
                updated++;
                unwritten += w == 0 ? 1 : 0;
            }
        }
    }

    int block() {
        return block;
    }

    int elements() {
        return elements;
    }

    /** Adds what it counted for each expert. */
    void addDensities(long[] changedSums, long[] keptSums) {
        for (int expert = 0; expert < changed.length; expert++) {
            changedSums[expert] += changed[expert];
            keptSums[expert] += kept[expert];
        }
    }

    /** ⟨written − base, exact⟩. */
    double product() {
        return product;
    }

    /** ⟨exact, exact⟩. */
    double square() {
        return square;
    }

    /** Elements with an update. */
    int updated() {
        return updated;
    }

    /** Those of them to which nothing was written. */
    int unwritten() {
        return unwritten;
    }

    /** Counts are at most a strip, and fit into 16 bits. */
    void write(DataOutputStream to) throws IOException {
        to.writeInt(block);
        to.writeShort(elements);
        for (int expert = 0; expert < changed.length; expert++) {
            to.writeShort(changed[expert]);
            to.writeShort(kept[expert]);
        }
        to.writeDouble(product);
        to.writeDouble(square);
        to.writeShort(updated);
        to.writeShort(unwritten);
    }

    /** @throws RuntimeException of {@code java.nio} or an index, if it is none of that tensor */
    static SampledStrip read(ByteBuffer from, MergedTensor plan) {
        int block = Objects.checkIndex(from.getInt(), plan.blocks());
        SampledStrip strip = new SampledStrip(plan, block, from.getShort());
        for (int expert = 0; expert < strip.changed.length; expert++) {
            strip.density(expert, from.getShort(), from.getShort());
        }
        strip.product = from.getDouble();
        strip.square = from.getDouble();
        strip.updated = from.getShort();
        strip.unwritten = from.getShort();
        return strip;
    }
}
