package org.weir.plan;

import java.util.ArrayList;
import java.util.List;
import org.weir.method.MergeMethod;
import org.weir.method.MergeMethods;
import org.weir.method.MethodInfo;
import org.weir.method.MethodInfo.Statistics;

/** Whether there is the method that a config names, and whether the config gives it a base, models and statistics. */
final class MethodOfConfig {
    private final MergeConfig config;
    private final MethodInfo method;

    MethodOfConfig(MergeConfig config, MethodInfo method) {
        this.config = config;
        this.method = method;
    }

    static MergeMethod named(MergeConfig config) throws PlanException {
        String name = config.methodName();
        return MergeMethods.named(name).orElseThrow(() -> new PlanException(List.of(unknown(config, name))));
    }

    private static PlanProblem unknown(MergeConfig config, String name) {
        List<String> names = MergeMethods.names();
        String help = DidYouMean.question(names, name).orElse("Weir has " + String.join(", ", names));
        return problem(config, config.methodLine(), "unknown merge_method '" + name + "'; " + help);
    }

    /** What it needs and has not, or has and does not need. */
    List<PlanProblem> problems() {
        List<PlanProblem> problems = new ArrayList<>();
        if (method.base().isRequired()
                && config.slices().stream().anyMatch(slice -> slice.baseModel().isEmpty())) {
            problems.add(needs("a base; write base_model: MODEL"));
        }
        for (SliceEntry slice : config.slices()) {
            slice.experts(method.base()).forEach(entry -> addStatistics(entry, problems));
        }
        // a slice of a stack may be of the base alone, whose layers are then taken as they are, as in mergekit
        if (config.slices().stream()
                .allMatch(slice -> slice.experts(method.base()).isEmpty())) {
            problems.add(needs("at least one model beside the base"));
        }
        return problems;
    }

    private PlanProblem needs(String what) {
        return problem(config, config.methodLine(), method.name() + " needs " + what);
    }

    private void addStatistics(ModelEntry entry, List<PlanProblem> problems) {
        boolean wanted = method.statistics() != Statistics.NONE;
        if (entry.statistics().isPresent() == wanted) {
            return;
        }
        String what = wanted
                ? " has no statistics, which " + method.name()
                        + " needs; write statistics: PATH beside model (docs/statistics.md)"
                : " has statistics, which " + method.name()
                        + " does not use; leave them out, or merge by fisher or regmean";
        problems.add(problem(config, entry.line(), config.label(entry) + what));
    }

    private static PlanProblem problem(MergeConfig config, int line, String message) {
        return new PlanProblem(PlanProblem.Kind.CONFIG, config.file() + ":" + line, message);
    }
}
