package org.weir.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.weir.checkpoint.ScratchFolder;
import org.weir.plan.ConfigSteps;
import org.weir.plan.FusedStep;
import org.weir.plan.MergeConfig;
import org.weir.plan.MergeOptions;
import org.weir.plan.MergePlan;
import org.weir.plan.PlanException;
import org.weir.plan.PlanProblem;
import org.weir.plan.Planner;
import org.weir.plan.StepResult;

/**
 * The documents of a config, in an order in which they can be merged. Before the first is, all are planned: what is not made
 * yet is stood in for by its outline, which has the names and shapes and no data. A step that only one other uses is fused
 * into that one where it can be; the others are written.
 */
public final class Steps implements AutoCloseable {
    private final List<MergeConfig> steps;
    private final Path workingFolder;
    private final MergeOptions options;
    /** Of a fused step, what uses it. */
    private final Map<String, MergeConfig> fusedInto = new HashMap<>();
    /** Plans of fused steps, which are parts of others that are in use. */
    private final List<MergePlan> opened = new ArrayList<>();

    private @Nullable ScratchFolder outlines;

    /** What to do with the plan of a step, as long as it is open. */
    public interface Use {
        void accept(MergeConfig step, MergePlan plan) throws IOException;
    }

    /**
     * Orders documents, of which none is planned yet.
     *
     * @param workingFolder what relative paths of models are relative to
     */
    public Steps(List<MergeConfig> documents, Path workingFolder, MergeOptions options) throws PlanException {
        this.steps = ConfigSteps.ordered(documents);
        this.workingFolder = workingFolder;
        this.options = options;
    }

    /** The document whose result is the config's. */
    public MergeConfig last() {
        return steps.getLast();
    }

    /** The document of that name. */
    MergeConfig named(String name) {
        return steps.stream()
                .filter(step -> name(step).equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Whether there are any whose results others use. */
    public boolean areSeveral() {
        return steps.size() > 1;
    }

    /** What the step is fused into, if {@link #planAll} has found it to be possible. */
    public Optional<String> fusedInto(MergeConfig step) {
        return Optional.ofNullable(fusedInto.get(name(step))).map(Steps::name);
    }

    /** Those whose results have to be written for others, once all are planned. */
    public List<MergeConfig> written() {
        return steps.stream()
                .filter(step -> !step.equals(last()) && fusedInto(step).isEmpty())
                .toList();
    }

    public static String name(MergeConfig step) {
        return step.name().orElse("result");
    }

    /**
     * One step's plan, where the results of those before it are. To be closed before this is.
     *
     * @param made the written ones among them, by name
     */
    public MergePlan plan(MergeConfig step, Map<String, Path> made, Optional<Path> out)
            throws PlanException, IOException {
        Map<String, StepResult> results = new HashMap<>();
        for (MergeConfig other : written()) {
            Path folder = made.get(name(other));
            if (folder != null) {
                results.put(name(other), StepResult.written(folder));
            }
        }
        for (MergeConfig other : steps) {
            if (step.equals(fusedInto.get(name(other)))) {
                MergePlan plan = plan(other, made, Optional.empty());
                opened.add(plan);
                results.put(name(other), new StepResult(outline(other, plan), Optional.of(plan)));
            }
        }
        return plan(step, out, results);
    }

    private MergePlan plan(MergeConfig step, Optional<Path> out, Map<String, StepResult> results) throws PlanException {
        return Planner.plan(step, workingFolder, System.getenv(), results, options, out);
    }

    /**
     * Plans every step, decides which are fused, and forgets the plans again.
     *
     * @param keep whether results of steps are wanted as well, so that none is fused
     * @param out of the last
     * @throws PlanException with what is wrong with all of them
     */
    public void planAll(boolean keep, Optional<Path> out, Use use) throws PlanException, IOException {
        Map<String, StepResult> results = new HashMap<>();
        Map<MergeConfig, MergePlan> plans = new LinkedHashMap<>();
        Set<String> refused = new HashSet<>();
        List<PlanProblem> problems = new ArrayList<>();
        try {
            for (MergeConfig step : steps) {
                if (step.references().stream().anyMatch(refused::contains)) {
                    refused.add(name(step));
                    continue;
                }
                try {
                    MergePlan plan = plan(step, step.equals(last()) ? out : Optional.empty(), results);
                    plans.put(step, plan);
                    plan.fused().stream().map(FusedStep::name).forEach(name -> fusedInto.put(name, step));
                    if (!step.equals(last())) {
                        Optional<MergePlan> fusable = Optional.of(plan).filter(_ -> !keep && isUsedOnce(step));
                        results.put(name(step), new StepResult(outline(step, plan), fusable));
                    }
                } catch (PlanException e) {
                    refused.add(name(step));
                    problems.addAll(e.problems());
                }
            }
            if (!problems.isEmpty()) {
                throw new PlanException(problems);
            }
            for (Map.Entry<MergeConfig, MergePlan> each : plans.entrySet()) {
                use.accept(each.getKey(), each.getValue());
            }
        } finally {
            for (MergePlan plan : plans.values()) {
                plan.close();
            }
        }
    }

    private boolean isUsedOnce(MergeConfig step) {
        return steps.stream()
                        .filter(other -> other.references().contains(name(step)))
                        .count()
                == 1;
    }

    private Path outline(MergeConfig step, MergePlan plan) throws IOException {
        if (outlines == null) {
            outlines = OutlineFolder.create();
        }
        Path outline = outlines.path().resolve(name(step));
        if (!Files.exists(outline)) {
            ResultOutline.write(plan, outline);
        }
        return outline;
    }

    /** Closes what plans were fused from. */
    @Override
    public void close() throws IOException {
        for (MergePlan plan : opened) {
            plan.close();
        }
        if (outlines != null) {
            outlines.close();
        }
    }
}
