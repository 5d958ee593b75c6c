package org.weir.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.weir.checkpoint.Checkpoint;
import org.weir.method.MethodInfo.BaseRole;

/** Opens the models of a config, slice by slice, and finds the layers that the slices take. */
final class SliceOpener {
    private final MergeConfig config;
    private final BaseRole role;
    private final ModelInputs inputs;
    private final Map<Checkpoint, ModelLayout> layouts = new HashMap<>();
    private final ConfigProblems problems;

    SliceOpener(MergeConfig config, BaseRole role, ModelInputs inputs) {
        this.config = config;
        this.role = role;
        this.inputs = inputs;
        this.problems = new ConfigProblems(config.file());
    }

    /** What is wrong with the slices, once they were opened. */
    List<PlanProblem> problems() {
        return problems.sorted();
    }

    /** All slices; fewer if there are problems, here or with the inputs. */
    List<SliceModels> open() {
        List<SliceModels> opened = new ArrayList<>();
        int firstOutput = 0;
        for (int i = 0; i < config.slices().size(); i++) {
            SliceEntry slice = config.slices().get(i);
            open(slice, i, firstOutput).ifPresent(opened::add);
            firstOutput += slice.layers().map(ModelEntry.Layers::count).orElse(0);
        }
        if (opened.size() > 1) {
            List<SliceSource> all =
                    opened.stream().flatMap(slice -> slice.inputs().stream()).toList();
            opened.addLast(opened.removeLast().untiedFrom(all));
        }
        return opened;
    }

    private Optional<SliceModels> open(SliceEntry slice, int place, int firstOutput) {
        Optional<ModelEntry> base = config.isStack() ? slice.listedBase() : slice.baseModel();
        boolean asItIs = role == BaseRole.FIRST && slice.sources().size() == 1; // needs no base, as in mergekit
        if (role != BaseRole.SUMMAND && slice.baseModel().isPresent() && base.isEmpty() && !asItIs) {
            problems.add(
                    slice.sources().getFirst().line(),
                    "slices[" + place + "]: "
                            + OneLine.quoted(slice.baseModel().get().model())
                            + " is the base, but none of the sources; list it with its layer_range");
        }
        Optional<SliceSource> opened = base.flatMap(entry -> source(slice, entry, place, firstOutput));
        List<SliceSource> experts = slice.experts(role).stream()
                .flatMap(entry -> source(slice, entry, place, firstOutput).stream())
                .toList();
        Optional<SliceSource> donor = opened.or(() -> experts.stream().findFirst());
        return donor.map(found -> SliceModels.of(role.isOrigin() ? opened : Optional.empty(), experts, found));
    }

    private Optional<SliceSource> source(SliceEntry slice, ModelEntry entry, int place, int firstOutput) {
        Optional<Input> input = inputs.open(entry.model(), slice.isBase(entry) ? Input.Role.BASE : Input.Role.EXPERT);
        if (input.isEmpty()) {
            return Optional.empty();
        }
        ModelLayout layout = layouts.computeIfAbsent(input.get().checkpoint(), ModelLayout::new);
        return Optional.of(new SliceSource(
                input.get(),
                layout,
                entry.layers().map(layers -> run(entry, layers, layout, place, firstOutput)),
                entry.statistics().flatMap(path -> inputs.open(path, Input.Role.STATISTICS))));
    }

    private LayerRun run(ModelEntry entry, ModelEntry.Layers layers, ModelLayout layout, int place, int firstOutput) {
        List<String> stacks = layout.layers().stacks();
        String stack = stacks.isEmpty() ? "" : stacks.getFirst();
        int depth = layout.layers().depth(stack);
        if (stacks.size() > 1) {
            problems.add(
                    entry.line(),
                    config.label(entry) + ": " + OneLine.quoted(entry.model()) + " has several stacks of layers ("
                            + String.join(", ", stacks) + "); slices are for models with one");
        } else if (layers.to() > depth) {
            problems.add(
                    entry.line(),
                    config.label(entry) + ": layer_range " + layers + ", but " + OneLine.quoted(entry.model()) + " has "
                            + depth + " layers");
        }
        boolean last = place == config.slices().size() - 1;
        return new LayerRun(stack, layers, firstOutput, place == 0, last);
    }
}
