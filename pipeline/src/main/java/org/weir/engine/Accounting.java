package org.weir.engine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.weir.checkpoint.MappedTensor;
import org.weir.plan.CopiedTensor;
import org.weir.plan.Input;
import org.weir.plan.MergePlan;
import org.weir.plan.MergedTensor;
import org.weir.plan.SolvedTensor;
import org.weir.plan.TensorPlan;

/** What became of every tensor of every input: merged, copied, or left out, and why. */
final class Accounting {

    private final Map<Place, String> uses = new HashMap<>();
    private final Map<String, String> treatments = new HashMap<>();
    private final List<Map<String, String>> leftOut = new ArrayList<>();
    private final IdentityHashMap<Input, Map<String, Long>> counts = new IdentityHashMap<>();

    /** Where a tensor lies: plans may read it under another name, or less than all of it. Empty ones lie nowhere. */
    private record Place(Path file, long offsetBytes, String nameIfEmpty) {
        static Place of(MappedTensor tensor) {
            boolean empty = tensor.info().bytes() == 0;
            return new Place(
                    tensor.file(), tensor.offsetBytes(), empty ? tensor.info().name() : "");
        }
    }

    Accounting(MergePlan plan) {
        for (TensorPlan tensor : plan.tensors()) {
            treatments.put(tensor.output().name(), tensor.treatment());
            sources(tensor).forEach(source -> uses.put(Place.of(source), tensor.treatment()));
        }
        plan.inputs().stream().filter(input -> !plan.isFused(input)).forEach(this::count);
    }

    private static Stream<MappedTensor> sources(TensorPlan tensor) {
        return switch (tensor) {
            case MergedTensor merged -> merged.inputs();
            case SolvedTensor solved -> solved.inputs();
            case CopiedTensor copied -> Stream.of(copied.source());
        };
    }

    private void count(Input input) {
        Map<String, Long> mine = new TreeMap<>();
        for (MappedTensor tensor : input.checkpoint().tensors()) {
            String use = uses.get(Place.of(tensor));
            if (use == null) {
                use = "left out";
                leaveOut(input, tensor.info().name());
            }
            mine.merge(use, 1L, Long::sum);
        }
        counts.put(input, mine);
    }

    private void leaveOut(Input input, String tensor) {
        Map<String, String> entry = new LinkedHashMap<>();
        entry.put("input", input.reference());
        entry.put("tensor", tensor);
        entry.put("because", treatments.getOrDefault(tensor, "the output has no such tensor"));
        leftOut.add(entry);
    }

    /** How many tensors of an input went which way. */
    Map<String, Long> of(Input input) {
        return counts.getOrDefault(input, Map.of());
    }

    /** Those that show nowhere in the output, each with what became of the output's tensor of that name. */
    Stream<Map<String, String>> leftOut() {
        return leftOut.stream();
    }
}
