package org.weir.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.weir.checkpoint.MappedTensor;
import org.weir.checkpoint.Shape;

/**
 * What a tensor of the result is made of.
 *
 * @param base what deltas are taken from
 * @param experts what is merged, in order
 * @param present which experts of the slice these are
 * @param shape of each of them, as it is merged
 * @param views for each of them, the base first, the rows that are read in its place; none where it is read as it is
 */
record TensorInputs(
        Optional<MappedTensor> base,
        List<MappedTensor> experts,
        List<Integer> present,
        Shape shape,
        List<RowView> views) {
    TensorInputs {
        experts = List.copyOf(experts);
        present = List.copyOf(present);
        views = List.copyOf(views);
    }

    /** All that is read, the base first. */
    List<MappedTensor> read() {
        if (base.isEmpty()) {
            return experts;
        }
        List<MappedTensor> all = new ArrayList<>(1 + experts.size());
        all.add(base.get());
        all.addAll(experts);
        return all;
    }
}
