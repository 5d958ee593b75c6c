package org.weir.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.weir.checkpoint.ScratchFolder;
import org.weir.engine.ResultOutline;
import org.weir.plan.ConfigSteps;
import org.weir.plan.MergeConfig;
import org.weir.plan.MergeOptions;
import org.weir.plan.MergePlan;
import org.weir.plan.PlanException;
import org.weir.plan.PlanProblem;
import org.weir.plan.Planner;

/**
 * The documents of a config, in an order in which they can be merged. Before the first is, all are planned: what is not made
 * yet is stood in for by its outline, which has the names and shapes and no data.
 */
final class Steps {
    private final List<MergeConfig> steps;
    private final MergeOptions options;

    /** What to do with the plan of a step, as long as it is open. */
    interface Use {
        void accept(MergeConfig step, MergePlan plan) throws IOException;
    }

    Steps(Path config, MergeOptions options) throws PlanException {
        this.steps = ConfigSteps.ordered(MergeConfig.readAll(config));
        this.options = options;
    }

    /** The document whose result is the config's. */
    MergeConfig last() {
        return steps.getLast();
    }

    /** Those whose results others use. */
    List<MergeConfig> before() {
        return steps.subList(0, steps.size() - 1);
    }

    static String name(MergeConfig step) {
        return step.name().orElse("result");
    }

    /** One step's plan, where the results of those before it are. */
    MergePlan plan(MergeConfig step, Map<String, Path> made, Optional<Path> out) throws PlanException {
        return Planner.plan(step, Path.of(""), System.getenv(), made, options, out);
    }

    /**
     * Plans every step and forgets the plans again.
     *
     * @param out of the last
     * @throws PlanException with what is wrong with all of them
     */
    void planAll(Optional<Path> out, Use use) throws PlanException, IOException {
        Map<String, Path> outlined = new HashMap<>();
        Set<String> refused = new HashSet<>();
        List<PlanProblem> problems = new ArrayList<>();
        try (ScratchFolder scratch = ScratchFolder.temporary()) {
            for (MergeConfig step : steps) {
                boolean possible = step.models().stream().noneMatch(entry -> refused.contains(entry.model()))
                        && step.baseModel().stream().noneMatch(entry -> refused.contains(entry.model()));
                if (!possible) {
                    refused.add(name(step));
                    continue;
                }
                try (MergePlan plan = plan(step, outlined, step.equals(last()) ? out : Optional.empty())) {
                    use.accept(step, plan);
                    if (!step.equals(last())) {
                        Path outline = scratch.path().resolve(name(step));
                        ResultOutline.write(plan, outline);
                        outlined.put(name(step), outline);
                    }
                } catch (PlanException e) {
                    refused.add(name(step));
                    problems.addAll(e.problems());
                }
            }
        }
        if (!problems.isEmpty()) {
            throw new PlanException(problems);
        }
    }
}
