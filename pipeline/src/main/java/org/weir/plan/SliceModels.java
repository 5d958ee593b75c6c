package org.weir.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.weir.checkpoint.Shape;

/**
 * The models of one slice, opened.
 *
 * @param origin what deltas are taken from
 * @param experts what is merged, in order
 * @param donor the model that says which tensors there are: the base, or the first one
 * @param untied heads that some expert has of its own, while the donor uses its embedding as one
 */
record SliceModels(Optional<SliceSource> origin, List<SliceSource> experts, SliceSource donor, List<String> untied) {
    SliceModels {
        experts = List.copyOf(experts);
        untied = List.copyOf(untied);
    }

    static SliceModels of(Optional<SliceSource> origin, List<SliceSource> experts, SliceSource donor) {
        List<String> untied = experts.stream()
                .flatMap(expert -> expert.tensors().stream()
                        .filter(tensor -> expert.layout().isOfVocabulary(tensor.info()))
                        .flatMap(tensor -> expert.output(tensor).stream()
                                .filter(head ->
                                        isTied(donor, head, tensor.info().shape()))))
                .distinct()
                .toList();
        return new SliceModels(origin, experts, donor, untied);
    }

    private static boolean isTied(SliceSource donor, String head, Shape shape) {
        return donor.tensor(head).isEmpty() && donor.head(head, shape).isPresent();
    }

    /** All that is read, the base first where deltas are taken from it. */
    List<SliceSource> inputs() {
        return Stream.concat(origin.stream(), experts.stream()).toList();
    }

    /**
     * Every tensor that the slice makes, in the donor's order.
     *
     * @param union whether those too that the donor lacks; where there is a base, nothing can be made of them
     */
    List<TensorPlace> places(int slice, boolean union) {
        List<TensorPlace> places = new ArrayList<>();
        donor.tensors()
                .forEach(tensor -> places.add(place(slice, donor.output(tensor).orElseThrow())));
        untied.forEach(head -> places.add(place(slice, head)));
        if (union && origin.isEmpty()) {
            Set<String> made = places.stream().map(TensorPlace::output).collect(Collectors.toSet());
            for (SliceSource expert : experts) {
                expert.tensors().stream()
                        .flatMap(tensor -> expert.output(tensor).stream())
                        .filter(made::add)
                        .forEach(output -> places.add(place(slice, output)));
            }
        }
        return places;
    }

    private TensorPlace place(int slice, String output) {
        List<String> inputs = new ArrayList<>(experts.size());
        experts.forEach(expert -> inputs.add(expert.own(output)));
        return new TensorPlace(slice, output, inputs, donor.t(output));
    }
}
