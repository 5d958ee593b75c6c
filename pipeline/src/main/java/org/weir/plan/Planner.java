package org.weir.plan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.weir.checkpoint.ShardLayout;
import org.weir.method.MergeMethod;
import org.weir.method.MergeMethods;
import org.weir.method.MethodInfo.BaseRole;

/** Makes a plan from a config: opens the inputs, reads their headers only, and finds every problem there is. */
public final class Planner {

    /** Of the heap, for headers, strips and what else there is. */
    private static final long HEAP_FOR_OTHERS_BYTES = 64 << 20;

    private final MergeConfig config;
    private final MergeOptions options;
    private final ModelInputs inputs;
    private final List<PlanProblem> problems = new ArrayList<>();

    private Planner(MergeConfig config, Path workingDirectory, Map<String, String> environment, MergeOptions options) {
        this.config = config;
        this.options = options;
        this.inputs = new ModelInputs(workingDirectory, environment);
    }

    /**
     * Plans a merge. The plan keeps the inputs mapped until it is closed.
     *
     * @param workingDirectory what relative model paths are relative to
     * @param environment where the hub cache is said to be
     * @param out where the result will go, if that is known: then its place is checked too
     * @throws PlanException with all problems at once; nothing stays open
     */
    public static MergePlan plan(
            MergeConfig config,
            Path workingDirectory,
            Map<String, String> environment,
            MergeOptions options,
            Optional<Path> out)
            throws PlanException {
        Planner planner = new Planner(config, workingDirectory, environment, options);
        boolean done = false;
        try {
            MergePlan plan = planner.plan(out);
            done = true;
            return plan;
        } finally {
            if (!done) {
                planner.inputs.close();
            }
        }
    }

    private MergePlan plan(Optional<Path> out) throws PlanException {
        MergeMethod method = MergeMethods.named(config.methodName()).orElseThrow(this::unknownMethod);
        BaseRole role = method.info().base();
        List<ModelEntry> entries = config.experts(role);
        requireModels(method, entries);
        boolean modelsGiven = problems.isEmpty();
        ParameterLookup parameters = new ParameterLookup(config, method.info(), options.seed(), entries);
        problems.addAll(parameters.problems());
        boolean settingsSound = problems.isEmpty();
        Optional<Input> base = config.baseModel().flatMap(entry -> inputs.open(entry.model(), true));
        List<Input> experts = entries.stream()
                .flatMap(entry -> inputs.open(entry.model(), config.isBase(entry)).stream())
                .toList();
        problems.addAll(inputs.problems());
        if (!modelsGiven || !inputs.problems().isEmpty()) {
            throwIfAny();
        }
        List<Input> all = Stream.concat(base.stream(), experts.stream().filter(input -> !input.base()))
                .toList();
        out.ifPresent(path -> problems.addAll(OutputPlace.problems(path, all, options.overwrite())));
        TensorPlanner tensorPlanner =
                new TensorPlanner(config, method, parameters, options.copyFromBase(), base, experts);
        List<TensorPlan> tensors = tensorPlanner.plan(settingsSound);
        problems.addAll(tensorPlanner.problems());
        throwIfAny();
        ShardLayout layout =
                ShardLayout.of(tensors.stream().map(TensorPlan::output).toList(), options.outShardBytes());
        MemoryBudget memory = new MemoryPlanner(tensors, all).fit(options);
        requireMemory(memory);
        out.flatMap(path -> OutputPlace.lackOfSpace(path, layout)).ifPresent(problems::add);
        throwIfAny();
        List<String> names = tensors.stream().map(t -> t.output().name()).toList();
        List<String> notes = new ArrayList<>(parameters.notes(names));
        notes.addAll(tensorPlanner.notes());
        return new MergePlan(config, options, method.info(), all, tensors, layout, memory, notes);
    }

    private PlanException unknownMethod() {
        List<String> names =
                MergeMethods.all().stream().map(method -> method.info().name()).toList();
        return new PlanException(List.of(configProblem("unknown merge_method '" + config.methodName() + "'"
                + DidYouMean.question(names, config.methodName()) + "; Weir has " + String.join(", ", names))));
    }

    private void requireModels(MergeMethod method, List<ModelEntry> experts) {
        String name = method.info().name();
        if (method.info().base() == BaseRole.ORIGIN && config.baseModel().isEmpty()) {
            problems.add(configProblem(name + " takes differences to a base; write base_model: MODEL"));
        }
        if (experts.isEmpty()) {
            problems.add(configProblem(name + " needs at least one model beside the base"));
        }
    }

    private void requireMemory(MemoryBudget memory) {
        long limit = options.memoryLimitBytes();
        if (memory.totalBytes() > limit) {
            problems.add(new PlanProblem(
                    PlanProblem.Kind.RESOURCES,
                    "memory",
                    "the merge needs %,d bytes even with one worker and the smallest tile, the limit is %,d"
                            .formatted(memory.totalBytes(), limit)));
        }
        requireHeap(memory);
    }

    /** The tables of surveys lie on the heap, which ends before the machine's memory does. */
    private void requireHeap(MemoryBudget memory) {
        long tableBytes = (long) memory.tableEntries() * Long.BYTES;
        long heapBytes = Runtime.getRuntime().maxMemory() - HEAP_FOR_OTHERS_BYTES;
        if (memory.workers() * tableBytes > heapBytes) {
            problems.add(new PlanProblem(
                    PlanProblem.Kind.RESOURCES,
                    "memory",
                    "%d workers with a survey table of %,d bytes each do not fit into the heap; use --num-threads %d"
                            .formatted(memory.workers(), tableBytes, Math.max(1, heapBytes / tableBytes))));
        }
    }

    private PlanProblem configProblem(String message) {
        return new PlanProblem(PlanProblem.Kind.CONFIG, config.file() + ":" + config.methodLine(), message);
    }

    private void throwIfAny() throws PlanException {
        if (!problems.isEmpty()) {
            throw new PlanException(problems);
        }
    }
}
