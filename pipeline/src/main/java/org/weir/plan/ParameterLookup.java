package org.weir.plan;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.weir.method.MethodInfo;
import org.weir.method.Param;
import org.weir.method.Settings;

/**
 * Finds the parameters of a method for each output tensor in mergekit's order: for an expert's own parameters what its
 * entry says, then the config's {@code parameters}, then the default; for those of the whole merge the same without the
 * entry. A level whose filters do not match is passed over.
 *
 * <p>First {@link #problems}; {@link #missing} and {@link #notes} when the tensors are known; {@link #settings} only
 * where nothing was wrong.
 */
final class ParameterLookup {
    private final MergeConfig config;
    private final MethodInfo method;
    private final long seed;
    private final int experts;
    private final GivenParameters given;
    private final ParameterCoverage coverage;
    private final ConfigProblems problems;
    private final ConfigNotes notes;

    /** @param experts the inputs in order, as {@link MergeConfig#experts} gives them for this method */
    ParameterLookup(MergeConfig config, MethodInfo method, long seed, List<ModelEntry> experts) {
        this.config = config;
        this.method = method;
        this.seed = seed;
        this.experts = experts.size();
        this.problems = new ConfigProblems(config.file());
        this.notes = new ConfigNotes(config.file());
        this.given = new GivenParameters(config, experts, new ParameterReader(method, problems, notes));
        this.coverage = new ParameterCoverage(config, method, experts, given);
        coverage.requireGiven(problems);
        noteEntries();
    }

    /** What is wrong whatever the tensors are: names, values, and required parameters that are nowhere. By line. */
    List<PlanProblem> problems() {
        return problems.sorted();
    }

    /** Required parameters that are given, but whose filters leave some of these tensors without a value. */
    List<PlanProblem> missing(List<String> tensorNames) {
        ConfigProblems missing = new ConfigProblems(config.file());
        coverage.requireForEach(tensorNames, missing);
        return missing.sorted();
    }

    /** What is not wrong but should be known: what has no effect on these tensors, what mergekit does differently. */
    List<String> notes(List<String> tensorNames) {
        ConfigNotes all = notes.copy();
        coverage.noteUnused(tensorNames, all);
        return all.sorted();
    }

    /**
     * The parameters for one output tensor.
     *
     * @param inputNames the tensor's name in each expert, which the filters of per-expert parameters look at
     * @param t where it lies between the first layer (0) and the last (1)
     * @throws IllegalArgumentException if a required parameter is missing, which {@link #problems} or {@link #missing}
     *     said
     */
    Settings settings(String outputName, List<String> inputNames, double t) {
        Map<String, double[]> values = new HashMap<>();
        for (Param param : method.params()) {
            switch (param.scope()) {
                case GLOBAL ->
                    values.put(param.name(), new double[] {value(param, given.levels(param), outputName, t)});
                case PER_EXPERT -> {
                    double[] all = new double[experts];
                    Arrays.setAll(all, i -> value(param, given.levels(param, i), inputNames.get(i), t));
                    values.put(param.name(), all);
                }
            }
        }
        return new Settings(method.params(), outputName, seed, experts, values);
    }

    private static double value(Param param, List<SettingValues> levels, String tensor, double t) {
        for (SettingValues level : levels) {
            OptionalDouble value = level.at(tensor, t);
            if (value.isPresent()) {
                return value.getAsDouble();
            }
        }
        if (param.required()) {
            throw new IllegalArgumentException(tensor + " has no " + param.name());
        }
        return param.defaultValue();
    }

    private void noteEntries() {
        Set<String> listed = new HashSet<>();
        for (ModelEntry entry : config.models()) {
            boolean useless = method.base() == MethodInfo.BaseRole.ORIGIN && config.isBase(entry);
            if (useless && !entry.parameters().isEmpty()) {
                notes.add(
                        entry.line(),
                        "the parameters of " + config.label(entry) + " have no effect: it is the base, which "
                                + method.name() + " takes the differences from");
            }
            if (!useless && !listed.add(entry.model())) {
                notes.add(
                        entry.line(),
                        OneLine.quoted(entry.model()) + " is listed before and counts again; mergekit would drop it");
            }
        }
    }
}
