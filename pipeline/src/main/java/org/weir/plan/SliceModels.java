package org.weir.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.weir.checkpoint.MappedTensor;
import org.weir.checkpoint.Shape;
import org.weir.checkpoint.TensorInfo;

/**
 * The models of one slice, opened.
 *
 * @param origin what deltas are taken from
 * @param experts what is merged, in order
 * @param donor the model that says which tensors there are: the base, or the first one
 * @param untied heads that some expert has of its own, in its shape, while the donor uses its embedding as one
 */
record SliceModels(
        Optional<SliceSource> origin, List<SliceSource> experts, SliceSource donor, Map<String, Shape> untied) {
    SliceModels {
        experts = List.copyOf(experts);
        untied = Collections.unmodifiableMap(new LinkedHashMap<>(untied));
    }

    static SliceModels of(Optional<SliceSource> origin, List<SliceSource> experts, SliceSource donor) {
        return new SliceModels(origin, experts, donor, Map.of()).untiedFrom(experts);
    }

    /**
     * With the heads that these models have, too. In a stack they may be those of other slices: the result has the first
     * one's embedding, so the last one's, which its donor uses as a head, has to be there beside it.
     */
    SliceModels untiedFrom(List<SliceSource> others) {
        Map<String, Shape> all = new LinkedHashMap<>(untied);
        for (SliceSource other : others) {
            headsOf(other)
                    .filter(head -> makes(head.name()) && isTied(donor, head))
                    .forEach(head -> all.putIfAbsent(head.name(), head.shape()));
        }
        return new SliceModels(origin, experts, donor, all);
    }

    /** Whether the last slice of a stack makes a head, for which this one's donor uses its embedding. */
    boolean isUntiedBy(SliceModels last) {
        return headsOf(last.donor()).anyMatch(head -> isTied(donor, head));
    }

    private boolean makes(String head) {
        return donor.run().isEmpty() || donor.run().get().output(head).isPresent();
    }

    /** And embeddings, which are tied to nothing. */
    private static Stream<TensorInfo> headsOf(SliceSource source) {
        return source.input().checkpoint().tensors().stream()
                .map(MappedTensor::info)
                .filter(source.layout()::isOfVocabulary);
    }

    private static boolean isTied(SliceSource donor, TensorInfo head) {
        return donor.tensor(head.name()).isEmpty()
                && donor.head(head.name(), head.shape()).isPresent();
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
        untied.keySet().forEach(head -> places.add(place(slice, head)));
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
