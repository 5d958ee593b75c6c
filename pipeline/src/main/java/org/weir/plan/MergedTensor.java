package org.weir.plan;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.weir.checkpoint.MappedTensor;
import org.weir.checkpoint.TensorInfo;
import org.weir.stage.Recipe;
import org.weir.stage.Strip;

/**
 * A tensor that is computed.
 *
 * @param output what is written
 * @param treatment by which method
 * @param recipe how
 * @param base what deltas are taken from, where the recipe wants it
 * @param experts what is merged, as many as the recipe joins, in the order of the config
 * @param views for each input, the base first, the rows that are read in its place; none where they are read as they are
 * @param firstBlock its place in the model's count of blocks, tensors ordered by name
 */
public record MergedTensor(
        TensorInfo output,
        String treatment,
        Recipe recipe,
        Optional<MappedTensor> base,
        List<MappedTensor> experts,
        List<RowView> views,
        int firstBlock)
        implements TensorPlan {

    /** Up to here one worker surveys and merges a tensor alone: no waiting for one another. */
    private static final long SOLO_ELEMENTS = 1 << 24;

    public MergedTensor {
        experts = List.copyOf(experts);
        views = List.copyOf(views);
        if (experts.size() != recipe.fold().experts() || base.isPresent() != recipe.ontoBase()) {
            throw new IllegalArgumentException("the recipe of " + output.name() + " wants other inputs");
        }
        if (!views.isEmpty() && views.size() != experts.size() + base.stream().count()) {
            throw new IllegalArgumentException("not every input of " + output.name() + " has a view");
        }
    }

    /** All tensors that are read, the base first. */
    public Stream<MappedTensor> inputs() {
        return Stream.concat(base.stream(), experts.stream());
    }

    /** Whether one worker surveys and merges it from end to end: small tensors, and those that have to be seen in order. */
    public boolean isForOneWorker() {
        return output.elements() <= SOLO_ELEMENTS || recipe.fold().inOrder();
    }

    /** How many blocks it has. */
    public int blocks() {
        return Strip.blocks(output.elements());
    }

    @Override
    public long readBytes() {
        // matrices of other vocabularies are read as often as the result has rows
        long elements = output.elements();
        return inputs().mapToLong(input -> elements * input.info().dtype().bits() / Byte.SIZE)
                .sum();
    }

    @Override
    public int readings() {
        boolean valuesRepeat = inputs().allMatch(input -> input.info().dtype().bits() <= Short.SIZE);
        int tableEntries = MemoryPlanner.TABLE_ENTRIES / Math.max(1, experts.size());
        return recipe.sweeps(valuesRepeat, output.elements(), tableEntries) + 1;
    }

    MergedTensor at(int block) {
        return new MergedTensor(output, treatment, recipe, base, experts, views, block);
    }
}
