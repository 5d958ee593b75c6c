package org.weir.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.weir.checkpoint.MappedTensor;
import org.weir.checkpoint.SourceFile;

/**
 * What becomes of every tensor of an input: each is in one of the lists.
 *
 * @param input whose they are
 * @param used how many something is made of, by what that is
 * @param leftOut the names of the others, by who asked for that
 */
public record Account(Input input, Map<String, Long> used, Map<String, List<String>> leftOut) {

    /** How many of its tensors go which way. */
    public Map<String, Long> counts() {
        Map<String, Long> counts = new TreeMap<>(used);
        leftOut.forEach((reason, names) -> counts.put("left out: " + reason, (long) names.size()));
        return counts;
    }

    /** One for each input. */
    static List<Account> of(List<Input> inputs, List<SliceModels> slices, List<TensorPlan> plans) {
        Uses uses = new Uses();
        plans.forEach(plan -> plan.inputs().forEach(source -> uses.put(source, plan.treatment())));
        Map<String, TensorPlan> made = HashMap.newHashMap(plans.size());
        plans.forEach(plan -> made.put(plan.output().name(), plan));
        return inputs.stream()
                .map(input -> of(input, sources(slices, input), uses, made))
                .toList();
    }

    private static List<SliceSource> sources(List<SliceModels> slices, Input input) {
        return slices.stream()
                .flatMap(slice -> Stream.concat(Stream.of(slice.donor()), slice.inputs().stream()))
                .filter(source -> source.input().checkpoint() == input.checkpoint())
                .toList();
    }

    private static Account of(Input input, List<SliceSource> sources, Uses uses, Map<String, TensorPlan> made) {
        Map<String, Long> used = new TreeMap<>();
        Map<String, List<String>> leftOut = new TreeMap<>();
        for (MappedTensor tensor : input.checkpoint().tensors()) {
            String use = uses.get(tensor);
            if (use == null) {
                String why = reason(input, tensor, sources, made);
                leftOut.computeIfAbsent(why, _ -> new ArrayList<>())
                        .add(tensor.info().name());
            } else {
                used.merge(use, 1L, Long::sum);
            }
        }
        return new Account(input, used, leftOut);
    }

    /** Who asked for nothing to be made of a tensor. */
    private static String reason(
            Input input, MappedTensor tensor, List<SliceSource> sources, Map<String, TensorPlan> made) {
        if (input.role() == Input.Role.STATISTICS) {
            return "no tensor of the result needs it";
        }
        List<String> outputs = sources.stream()
                .flatMap(source -> source.output(tensor).stream())
                .toList();
        Optional<TensorPlan> instead = outputs.stream()
                .flatMap(name -> Optional.ofNullable(made.get(name)).stream())
                .findFirst();
        if (instead.isPresent()) {
            return switch (instead.get()) {
                case CopiedTensor copied -> copied.reason();
                case MergedTensor merged when merged.experts().isEmpty() -> merged.treatment();
                case MergedTensor _, SolvedTensor _ -> "it only gives the result's a name and a dtype";
            };
        }
        return outputs.isEmpty() ? "no slice takes it" : "not in the base (--allow-missing)";
    }

    /** What is made of the tensors of each file, by their numbers in it: plans may read them under other names, or in part. */
    private static final class Uses {
        private final Map<SourceFile, @Nullable String[]> byFile = new HashMap<>();

        void put(MappedTensor tensor, String use) {
            @Nullable String[] ofFile = byFile.get(tensor.source());
            if (ofFile == null || ofFile.length <= tensor.number()) {
                ofFile = Arrays.copyOf(ofFile == null ? new String[0] : ofFile, 2 * tensor.number() + 1);
                byFile.put(tensor.source(), ofFile);
            }
            ofFile[tensor.number()] = use;
        }

        @Nullable
        String get(MappedTensor tensor) {
            @Nullable String[] ofFile = byFile.get(tensor.source());
            return ofFile == null || ofFile.length <= tensor.number() ? null : ofFile[tensor.number()];
        }
    }
}
