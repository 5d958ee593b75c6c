package org.weir.plan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.weir.checkpoint.MappedTensor;

/**
 * Makes a step part of the one document that uses it. That is possible where each element of the step's result is a function
 * of the same element of its inputs, and where the other document reads tiles of it and neither whole matrices nor rows.
 */
final class StepFusion {
    private final String name;
    private final Path outline;
    private final Map<String, TensorPlan> made = new HashMap<>();

    private StepFusion(String name, Path outline, MergePlan step) {
        this.name = name;
        this.outline = outline;
        step.tensors().forEach(tensor -> made.put(tensor.output().name(), tensor));
    }

    /** The tensors of the document that uses the step, with its own in their places; nothing if the step has to be written. */
    static Optional<List<TensorPlan>> fused(String name, Path outline, MergePlan step, List<TensorPlan> tensors) {
        if (!step.tensors().stream().allMatch(StepFusion::isElementwise)) {
            return Optional.empty();
        }
        StepFusion fusion = new StepFusion(name, outline, step);
        List<TensorPlan> fused = new ArrayList<>();
        for (TensorPlan tensor : tensors) {
            Optional<TensorPlan> with = fusion.fused(tensor);
            if (with.isEmpty()) {
                return Optional.empty();
            }
            fused.add(with.get());
        }
        return Optional.of(fused);
    }

    private static boolean isElementwise(TensorPlan tensor) {
        return switch (tensor) {
            case CopiedTensor _ -> true;
            case SolvedTensor _ -> false;
            case MergedTensor merged ->
                merged.recipe().fold().ready()
                        && merged.recipe().operations().stream()
                                .flatMap(List::stream)
                                .allMatch(operation -> operation.ready());
        };
    }

    private Optional<TensorPlan> fused(TensorPlan tensor) {
        return switch (tensor) {
            case SolvedTensor solved -> solved.inputs().anyMatch(this::isMade) ? Optional.empty() : Optional.of(solved);
            case CopiedTensor copied -> fused(copied);
            case MergedTensor merged -> fused(merged);
        };
    }

    private Optional<TensorPlan> fused(CopiedTensor copied) {
        if (!isMade(copied.source())) {
            return Optional.of(copied);
        }
        return made.get(copied.source().info().name()) instanceof CopiedTensor before
                ? Optional.of(new CopiedTensor(copied.name(), before.source(), copied.reason(), List.of()))
                : Optional.empty();
    }

    private Optional<TensorPlan> fused(MergedTensor merged) {
        Stream<MappedTensor> rows = merged.views().stream().flatMap(view -> view.matrices().stream());
        if (!merged.views().isEmpty() && Stream.concat(merged.inputs(), rows).anyMatch(this::isMade)) {
            return Optional.empty();
        }
        List<MappedTensor> inputs = new ArrayList<>(merged.inputs().toList());
        Map<Integer, FusedTensor> fused = new HashMap<>(merged.fused());
        for (int i = 0; i < inputs.size(); i++) {
            MappedTensor input = inputs.get(i);
            if (!isMade(input)) {
                continue;
            }
            switch (made.get(input.info().name())) {
                case CopiedTensor copied -> inputs.set(i, first(copied.source(), input));
                case MergedTensor before -> fused.put(i, new FusedTensor(name, before));
                case null, default -> throw new IllegalStateException("the outline of " + name + " is of another plan");
            }
        }
        return Optional.of(merged.reading(inputs, fused));
    }

    /** As much of it as the outline's tensor has, which may be cropped. */
    private static MappedTensor first(MappedTensor source, MappedTensor wanted) {
        return source.info().shape().equals(wanted.info().shape())
                ? source
                : source.firstRows(wanted.info().shape().dims().getFirst());
    }

    private boolean isMade(MappedTensor tensor) {
        return tensor.file().startsWith(outline);
    }
}
