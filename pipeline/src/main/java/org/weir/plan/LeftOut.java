package org.weir.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.weir.checkpoint.MappedTensor;

/**
 * A tensor of an input that nothing is made of.
 *
 * @param input the model, as the config names it
 * @param reason who asked for it
 */
public record LeftOut(String input, String tensor, String reason) {

    /** Goes over every tensor of every input, in their order. */
    static List<LeftOut> of(List<Input> inputs, List<SliceModels> slices, List<TensorPlan> plans) {
        Set<String> made = plans.stream().map(plan -> plan.output().name()).collect(Collectors.toSet());
        Set<Input> seen = slices.stream()
                .flatMap(slice -> slice.inputs().stream())
                .flatMap(source -> source.statistics().stream())
                .collect(Collectors.toCollection(HashSet::new)); // measurements of models, not models
        List<LeftOut> leftOut = new ArrayList<>();
        for (Input input : inputs) {
            if (seen.add(input)) {
                List<SliceSource> sources = slices.stream()
                        .flatMap(slice -> slice.inputs().stream())
                        .filter(source -> source.input().checkpoint() == input.checkpoint())
                        .toList();
                input.checkpoint().tensors().forEach(tensor -> add(input, tensor, sources, made, leftOut));
            }
        }
        return leftOut;
    }

    private static void add(
            Input input, MappedTensor tensor, List<SliceSource> sources, Set<String> made, List<LeftOut> leftOut) {
        List<String> outputs = sources.stream()
                .flatMap(source -> source.output(tensor).stream())
                .toList();
        if (outputs.stream().noneMatch(made::contains)) {
            leftOut.add(new LeftOut(
                    input.reference(),
                    tensor.info().name(),
                    outputs.isEmpty() ? "no slice takes it" : "not in the base (--allow-missing)"));
        }
    }
}
