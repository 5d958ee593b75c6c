package org.weir.plan;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
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
 * @param fused what is computed in the place of an input, by the input's number, the base first
 * @param firstBlock its place in the model's count of blocks, tensors ordered by name
 */
public record MergedTensor(
        TensorInfo output,
        String treatment,
        Recipe recipe,
        Optional<MappedTensor> base,
        List<MappedTensor> experts,
        List<RowView> views,
        Map<Integer, FusedTensor> fused,
        int firstBlock)
        implements TensorPlan {

    /** Up to here one worker surveys and merges a tensor alone: no waiting for one another. */
    private static final long SOLO_ELEMENTS = 1 << 24;

    public MergedTensor {
        experts = List.copyOf(experts);
        views = List.copyOf(views);
        fused = Map.copyOf(fused);
        if (experts.size() != recipe.fold().experts() || base.isPresent() != recipe.ontoBase()) {
            throw new IllegalArgumentException("the recipe of " + output.name() + " wants other inputs");
        }
        if (!views.isEmpty() && views.size() != experts.size() + base.stream().count()) {
            throw new IllegalArgumentException("not every input of " + output.name() + " has a view");
        }
    }

    /** All tensors that it is made of, the base first; of those that are computed, what they will be. */
    @Override
    public Stream<MappedTensor> inputs() {
        return Stream.concat(base.stream(), experts.stream());
    }

    /** All tensors of files that it is made of, also by way of others. */
    public Stream<MappedTensor> sources() {
        List<MappedTensor> inputs = inputs().toList();
        return IntStream.range(0, inputs.size())
                .boxed()
                .flatMap(i -> fused.containsKey(i)
                        ? Stream.of(fused.get(i)).flatMap(each -> each.tensor().sources())
                        : Stream.of(inputs.get(i)));
    }

    /** What people should know an input by: the file, or the step that it is computed by. */
    public String label(int input) {
        FusedTensor step = fused.get(input);
        return step == null
                ? inputs().skip(input).findFirst().orElseThrow().file().toString()
                : "the step " + step.step();
    }

    /**
     * What is computed in the place of an input.
     *
     * @throws IndexOutOfBoundsException if it is read from a file
     */
    public FusedTensor fusedAt(int input) {
        FusedTensor step = fused.get(input);
        if (step == null) {
            throw new IndexOutOfBoundsException("input " + input + " of " + output.name() + " is no step");
        }
        return step;
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
        return readBytes(output.elements());
    }

    /** Bytes of files that so many elements are made of. */
    public long readBytes(long elements) {
        long bytes = ownBytes(elements);
        for (FusedTensor each : fused.values()) {
            bytes += each.tensor().readBytes(elements);
        }
        return bytes;
    }

    /** The same without those of fused steps. */
    public long ownBytes(long elements) {
        int first = base.isPresent() ? 1 : 0;
        long bytes = base.isEmpty() || fused.containsKey(0) ? 0 : bytes(elements, base.get());
        for (int i = 0; i < experts.size(); i++) {
            bytes += fused.containsKey(first + i) ? 0 : bytes(elements, experts.get(i));
        }
        return bytes;
    }

    private static long bytes(long elements, MappedTensor of) {
        return elements * of.info().dtype().bits() / Byte.SIZE;
    }

    @Override
    public int readings() {
        boolean valuesRepeat = base.stream().allMatch(MergedTensor::valuesRepeat);
        for (MappedTensor expert : experts) { // no stream: it is asked for often, and of very many
            valuesRepeat &= valuesRepeat(expert);
        }
        int tableEntries = MemorySum.TABLE_ENTRIES / Math.max(1, experts.size());
        return recipe.sweeps(valuesRepeat, output.elements(), tableEntries) + 1;
    }

    private static boolean valuesRepeat(MappedTensor tensor) {
        return tensor.info().dtype().bits() <= Short.SIZE;
    }

    MergedTensor at(int block) {
        return new MergedTensor(output, treatment, recipe, base, experts, views, fused, block);
    }

    /** The same of other inputs, the base first. */
    MergedTensor reading(List<MappedTensor> inputs, Map<Integer, FusedTensor> computed) {
        int first = base.isPresent() ? 1 : 0;
        return new MergedTensor(
                output,
                treatment,
                recipe,
                base.map(_ -> inputs.getFirst()),
                inputs.subList(first, inputs.size()),
                views,
                computed,
                firstBlock);
    }
}
