package org.weir.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.weir.checkpoint.MappedTensor;
import org.weir.checkpoint.Shape;
import org.weir.checkpoint.TensorInfo;

/** Finds what was measured of the models' tensors, and says what does not fit. */
final class StatisticsFinder {

    private final List<SliceModels> slices;
    private final TensorProblems problems;

    StatisticsFinder(List<SliceModels> slices, TensorProblems problems) {
        this.slices = slices;
        this.problems = problems;
    }

    /** The inputs, each after its statistics, unless some do not fit. */
    Optional<TensorInputs> beside(TensorPlace place, TensorInputs inputs) {
        if (!isOfAll(place, inputs)) {
            problem(place, "is not in all models, and without it there is no telling whose statistics are whose");
            return Optional.empty();
        }
        List<MappedTensor> both = new ArrayList<>();
        for (int i = 0; i < inputs.experts().size(); i++) {
            MappedTensor tensor = inputs.experts().get(i);
            SliceSource expert = slices.get(place.slice()).experts().get(i);
            measured(place, expert, inputs.shape()).ifPresent(measured -> {
                both.add(measured);
                both.add(tensor);
            });
        }
        if (!inputs.views().isEmpty()) {
            problem(place, "has rows of several vocabularies, for which there are no statistics");
            return Optional.empty();
        }
        return both.size() == 2 * inputs.experts().size()
                ? Optional.of(new TensorInputs(inputs.base(), both, inputs.present(), inputs.shape(), List.of()))
                : Optional.empty();
    }

    private Optional<MappedTensor> measured(TensorPlace place, SliceSource expert, Shape shape) {
        Optional<MappedTensor> found = expert.statistics(place.output());
        String where = expert.statistics().map(Input::reference).orElse("");
        String but = " but " + shape + " in " + expert.input().reference()
                + "; statistics have the names and shapes of the weights";
        if (found.isEmpty()) {
            problem(place, "is missing from " + where + but);
        } else if (!found.get().info().shape().equals(shape)) {
            problem(place, "is " + found.get().info().shape() + " in " + where + but);
        } else if (!Codecs.exist(found.get().info().dtype())) {
            problem(place, "is " + found.get().info().dtype() + " in " + where + "; expected F32");
        } else {
            return found;
        }
        return Optional.empty();
    }

    /** The Gram matrices of a tensor's layer, as many as there are; none of a tensor with rows of several vocabularies. */
    List<MappedTensor> grams(TensorPlace place, TensorInputs inputs) {
        List<MappedTensor> grams = new ArrayList<>();
        for (SliceSource expert : slices.get(place.slice()).experts()) {
            Optional<MappedTensor> gram = inputs.views().isEmpty() && isOfAll(place, inputs)
                    ? expert.statistics(place.output())
                    : Optional.empty();
            gram.ifPresent(found -> {
                if (expert.layout().isTransposed(expert.own(place.output()))) {
                    problem(
                            place,
                            "is stored as [in, out] in " + expert.input().reference()
                                    + ", as GPT-2's Conv1D does; regmean solves for weights [out, in] only; leave its Gram"
                                    + " matrix out of " + found.file() + ", then it is averaged");
                } else if (!fits(found.info(), inputs.shape().dims())) {
                    problem(
                            place,
                            "is " + found.info().shape() + " of " + found.info().dtype() + " in " + found.file()
                                    + " but " + inputs.shape() + " in "
                                    + expert.input().reference()
                                    + "; expected the Gram matrix of the layer's inputs, [in, in] for weights [out, in]");
                }
                grams.add(found);
            });
        }
        return grams;
    }

    private boolean isOfAll(TensorPlace place, TensorInputs inputs) {
        return inputs.experts().size() == slices.get(place.slice()).experts().size();
    }

    private static boolean fits(TensorInfo gram, List<Long> dims) {
        return dims.size() == 2
                && gram.elements() > 0
                && gram.shape().dims().equals(List.of(dims.get(1), dims.get(1)))
                && Codecs.exist(gram.dtype());
    }

    private void problem(TensorPlace place, String message) {
        problems.add(PlanProblem.Kind.INPUT, place.output(), message);
    }
}
