package org.weir.plan;

import java.util.List;
import java.util.Optional;
import org.weir.checkpoint.MappedTensor;
import org.weir.checkpoint.Shape;

/**
 * A model as a slice sees it: its tensors under the names of the result.
 *
 * @param run which of its layers the slice takes; all of them if it does not say
 * @param statistics what was measured of the model, by its own names
 */
record SliceSource(Input input, ModelLayout layout, Optional<LayerRun> run, Optional<Input> statistics) {

    /** What the slice takes, in the order of the model. */
    List<MappedTensor> tensors() {
        List<MappedTensor> all = input.checkpoint().tensors();
        return run.isEmpty()
                ? all
                : all.stream().filter(tensor -> output(tensor).isPresent()).toList();
    }

    /** The name in the result, if the slice takes the tensor. */
    Optional<String> output(MappedTensor tensor) {
        String own = tensor.info().name();
        return run.isPresent() ? run.get().output(own) : Optional.of(own);
    }

    /** What the model calls the tensor that the result calls so. */
    String own(String output) {
        return run.map(layers -> layers.own(output)).orElse(output);
    }

    /** The tensor that the result calls so. */
    Optional<MappedTensor> tensor(String output) {
        return input.checkpoint().tensor(own(output));
    }

    /** The same for a head, which may be the embedding if that has the columns of another model's head. */
    Optional<MappedTensor> head(String output, Shape shape) {
        return tensor(output).or(() -> layout.tied(own(output), shape));
    }

    /** What was measured of the tensor that the result calls so. */
    Optional<MappedTensor> statistics(String output) {
        return statistics.flatMap(measured -> measured.checkpoint().tensor(own(output)));
    }

    /** Where a tensor of the result lies between the first layer and the last. */
    double t(String output) {
        return run.map(layers -> layers.t(output))
                .orElseGet(() -> layout.layers().t(output));
    }
}
