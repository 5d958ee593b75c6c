package org.weir.plan;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.weir.checkpoint.Checkpoint;
import org.weir.checkpoint.ShardLayout;
import org.weir.method.MergeMethod;
import org.weir.method.MethodInfo.BaseRole;

/** Makes a plan from a config: opens the inputs, reads their headers only, and finds every problem there is. */
public final class Planner {

    /** Of the heap, for headers, strips and what else there is. */
    private static final long HEAP_FOR_OTHERS_BYTES = 64 << 20;

    private final MergeConfig config;
    private final MergeOptions options;
    private final Map<String, StepResult> steps;
    private final ModelInputs inputs;
    private final List<FusedStep> fused = new ArrayList<>();
    private final List<PlanProblem> problems = new ArrayList<>();

    private Planner(
            MergeConfig config,
            Path workingDirectory,
            Map<String, String> environment,
            Map<String, StepResult> steps,
            MergeOptions options) {
        this.config = config;
        this.options = options;
        this.steps = steps;
        this.inputs = new ModelInputs(workingDirectory, environment, steps);
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
        return plan(config, workingDirectory, environment, Map.of(), options, out);
    }

    /**
     * The same for a document that uses the results of others.
     *
     * @param steps what they are, by name; those whose plans are given are fused where that is possible
     */
    public static MergePlan plan(
            MergeConfig config,
            Path workingDirectory,
            Map<String, String> environment,
            Map<String, StepResult> steps,
            MergeOptions options,
            Optional<Path> out)
            throws PlanException {
        Planner planner = new Planner(config, workingDirectory, environment, steps, options);
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
        MergeMethod method = MethodOfConfig.named(config);
        problems.addAll(new MethodOfConfig(config, method.info()).problems());
        boolean modelsGiven = problems.isEmpty();
        ParameterLookup parameters = new ParameterLookup(config, method.info(), options.seed());
        problems.addAll(parameters.problems());
        boolean settingsSound = problems.isEmpty();
        inputs.openAhead(modelsToOpen());
        Optional<Input> base = config.baseModel().flatMap(entry -> inputs.open(entry.model(), Input.Role.BASE));
        List<SliceModels> slices = slices(method.info().base(), modelsGiven);
        List<Input> all = all(base, slices);
        Optional<ResultTokenizer> tokenizer = tokenizer(slices);
        refuseLinksLeadingOut(
                tokenizer.map(ResultTokenizer::donor), all.getFirst().checkpoint());
        out.ifPresent(path -> problems.addAll(OutputPlace.problems(path, all, options.overwrite())));
        TensorPlanner tensorPlanner = new TensorPlanner(config, method, parameters, options, slices, tokenizer);
        List<TensorPlan> planned = tensorPlanner.plan(settingsSound);
        problems.addAll(tensorPlanner.problems());
        tokenizer.ifPresent(found -> problems.addAll(found.problems()));
        List<TensorPlan> tensors = problems.isEmpty() ? fused(planned) : planned;
        List<Input> read = Stream.concat(all.stream(), fused.stream().flatMap(step -> step.plan().files().stream()))
                .toList();
        out.filter(_ -> !fused.isEmpty())
                .ifPresent(path -> problems.addAll(OutputPlace.problems(path, read, options.overwrite())));
        throwIfAny();
        ShardLayout layout =
                ShardLayout.of(tensors.stream().map(TensorPlan::output).toList(), options.outShardBytes());
        MemoryBudget memory = new MemoryPlanner(tensors, read).fit(options);
        requireMemory(memory);
        out.flatMap(path -> OutputPlace.lackOfSpace(path, layout)).ifPresent(problems::add);
        throwIfAny();
        ResultConfig result = ResultConfig.of(config, slices, tensorPlanner.vocabulary());
        Optional<String> chatTemplate = chatTemplate(all);
        List<String> notes = notes(parameters, tensorPlanner, tokenizer);
        result.note(all.getFirst()).ifPresent(notes::add);
        if (config.chatTemplate().isPresent() && chatTemplate.isEmpty()) {
            notes.add(
                    "no model has a chat template, so the result has none either; chat_template: auto takes the models'");
        }
        return new MergePlan(
                config,
                options,
                method.info(),
                all,
                fused,
                tensors,
                tensorPlanner.settings(),
                Account.of(all, slices, planned),
                layout,
                memory,
                result,
                tokenizer,
                chatTemplate,
                notes);
    }

    /** The base, and whatever the slices list: all that is asked for in any case. */
    private Set<String> modelsToOpen() {
        return Stream.concat(config.baseModel().stream(), config.models().stream())
                .map(ModelEntry::model)
                .collect(Collectors.toSet());
    }

    /** All slices, opened. */
    private List<SliceModels> slices(BaseRole role, boolean modelsGiven) throws PlanException {
        SliceOpener opener = new SliceOpener(config, role, inputs);
        List<SliceModels> slices = opener.open();
        problems.addAll(inputs.problems());
        problems.addAll(opener.problems());
        if (!modelsGiven || !inputs.problems().isEmpty() || !opener.problems().isEmpty()) {
            throwIfAny();
        }
        return slices;
    }

    /** The base first, then the models in order; of a stack, in which a model may give many slices, each once. */
    private List<Input> all(Optional<Input> base, List<SliceModels> slices) {
        Stream<Input> listed = slices.stream()
                .flatMap(slice -> Stream.concat(slice.origin().stream(), slice.experts().stream()))
                .flatMap(source -> Stream.concat(Stream.of(source.input()), source.statistics().stream()))
                .filter(input -> base.isEmpty() || !input.equals(base.get()));
        return Stream.concat(base.stream(), config.isStack() ? listed.distinct() : listed)
                .toList();
    }

    /** With what they are computed from, where inputs are results of steps that need not be written. */
    private List<TensorPlan> fused(List<TensorPlan> planned) {
        List<TensorPlan> tensors = planned;
        for (String reference : config.references()) {
            StepResult step = steps.get(reference);
            if (step == null || step.plan().isEmpty()) {
                continue;
            }
            MergePlan plan = step.plan().get();
            Optional<List<TensorPlan>> with = StepFusion.fused(reference, step.folder(), plan, tensors);
            if (with.isPresent()) {
                tensors = with.get();
                fused.add(new FusedStep(reference, plan));
            }
        }
        return tensors;
    }

    private Optional<ResultTokenizer> tokenizer(List<SliceModels> slices) throws PlanException {
        if (config.tokenizer().isEmpty()) {
            return Optional.empty();
        }
        Stream<SliceSource> donors = slices.stream().map(SliceModels::donor).limit(1);
        List<SliceSource> models = Stream.concat(donors, slices.stream().flatMap(slice -> slice.inputs().stream()))
                .toList();
        ResultTokenizer tokenizer =
                new ResultTokenizer(config.tokenizer().get(), models, new ConfigProblems(config.file()));
        problems.addAll(tokenizer.problems());
        if (!tokenizer.problems().isEmpty()) {
            throwIfAny();
        }
        return Optional.of(tokenizer);
    }

    private Optional<String> chatTemplate(List<Input> all) {
        List<Checkpoint> models = all.stream().map(Input::checkpoint).toList();
        return config.chatTemplate().flatMap(asked -> ChatTemplate.text(asked, models));
    }

    private static List<String> notes(
            ParameterLookup parameters, TensorPlanner tensors, Optional<ResultTokenizer> tokenizer) {
        List<String> notes = new ArrayList<>(parameters.notes(tensors.places()));
        notes.addAll(tensors.notes());
        tokenizer.ifPresent(found -> notes.addAll(found.notes()));
        return notes;
    }

    /** What a stranger's model links to would be copied into the result, and given to others with it. */
    private void refuseLinksLeadingOut(Optional<Checkpoint> ofTokenizer, Checkpoint donor) {
        Stream.concat(ofTokenizer.stream(), Stream.of(donor)).distinct().forEach(model -> {
            try {
                model.linksLeadingOut()
                        .forEach(
                                (link, target) -> problems.add(
                                        new PlanProblem(
                                                PlanProblem.Kind.INPUT,
                                                link.toString(),
                                                "found a link out of the model's folder, to " + target
                                                        + ", expected a file of the model's own,"
                                                        + " as it is copied into the result; put the file itself there if it belongs to the model")));
            } catch (IOException e) {
                problems.add(new PlanProblem(
                        PlanProblem.Kind.INPUT, model.path().toString(), String.valueOf(e.getMessage())));
            }
        });
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
        long tableBytes = (long) memory.tableEntries() * Long.BYTES + memory.panelBytes();
        long heapBytes = Runtime.getRuntime().maxMemory() - HEAP_FOR_OTHERS_BYTES;
        if (memory.workers() * tableBytes > heapBytes) {
            problems.add(new PlanProblem(
                    PlanProblem.Kind.RESOURCES,
                    "memory",
                    "%d workers with tables and panels of %,d bytes each do not fit into the heap; use --num-threads %d"
                            .formatted(memory.workers(), tableBytes, Math.max(1, heapBytes / tableBytes))));
        }
    }

    private void throwIfAny() throws PlanException {
        if (!problems.isEmpty()) {
            throw new PlanException(problems);
        }
    }
}
