package org.weir.plan;

import java.util.ArrayList;
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
 * <p>First {@link #problems}; {@link #missing} and {@link #notes} when the tensors are known; {@link #settings} only where
 * nothing was wrong.
 */
final class ParameterLookup {
    private final MergeConfig config;
    private final MethodInfo method;
    private final long seed;
    private final List<ModelEntry> experts;
    private final ConfigProblems problems;
    private final ConfigNotes notes;
    /** What the config says for all, by parameter name. */
    private final Map<String, SettingValues> common;
    /** What each expert's entry says, by parameter name. */
    private final List<Map<String, SettingValues>> own = new ArrayList<>();

    /** @param experts the inputs in order, as {@link MergeConfig#experts} gives them for this method */
    ParameterLookup(MergeConfig config, MethodInfo method, long seed, List<ModelEntry> experts) {
        this.config = config;
        this.method = method;
        this.seed = seed;
        this.experts = List.copyOf(experts);
        this.problems = new ConfigProblems(config.file());
        this.notes = new ConfigNotes(config.file());
        ParameterReader reader = new ParameterReader(method, problems, notes);
        this.common = reader.ofConfig(config.parameters());
        Map<ModelEntry, Map<String, SettingValues>> byEntry = new HashMap<>();
        for (ModelEntry entry : config.models()) {
            byEntry.put(entry, reader.ofModel(entry.parameters(), label(entry)));
        }
        this.experts.forEach(expert -> own.add(byEntry.getOrDefault(expert, Map.of())));
        requireGiven();
        noteEntries();
    }

    /** What is wrong whatever the tensors are: names, values, and required parameters that are nowhere. By line. */
    List<PlanProblem> problems() {
        return problems.sorted();
    }

    /** Required parameters that are somewhere, but whose filters leave some of these tensors without a value. */
    List<PlanProblem> missing(List<String> tensorNames) {
        ConfigProblems found = new ConfigProblems(config.file());
        for (Param param : method.params()) {
            if (param.required() && param.scope() == Param.Scope.GLOBAL) {
                requireEach(found, param, config.methodLine(), "the merge", tensorNames, List.of(common));
            } else if (param.required()) {
                for (int i = 0; i < experts.size(); i++) {
                    ModelEntry expert = experts.get(i);
                    requireEach(found, param, expert.line(), label(expert), tensorNames, List.of(own.get(i), common));
                }
            }
        }
        return found.sorted();
    }

    /** What is not wrong but should be known, for these tensors: what has no effect, what mergekit does differently. */
    List<String> notes(List<String> tensorNames) {
        ConfigNotes unused = new ConfigNotes(config.file());
        Set<Setting.Rule> seen = new HashSet<>();
        own.forEach(values -> noteUnused(values, tensorNames, seen, unused));
        noteUnused(common, tensorNames, seen, unused);
        List<String> all = new ArrayList<>(notes.all());
        all.addAll(unused.all());
        return List.copyOf(all);
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
        Map<String, double[]> given = new HashMap<>();
        for (Param param : method.params()) {
            double[] values = switch (param.scope()) {
                case GLOBAL -> new double[] {value(param, List.of(common), outputName, t)};
                case PER_EXPERT -> new double[experts.size()];
            };
            if (param.scope() == Param.Scope.PER_EXPERT) {
                Arrays.setAll(values, i -> value(param, List.of(own.get(i), common), inputNames.get(i), t));
            }
            given.put(param.name(), values);
        }
        return new Settings(method.params(), outputName, seed, experts.size(), given);
    }

    private static double value(Param param, List<Map<String, SettingValues>> levels, String tensor, double t) {
        for (Map<String, SettingValues> level : levels) {
            SettingValues values = level.get(param.name());
            OptionalDouble value = values == null ? OptionalDouble.empty() : values.at(tensor, t);
            if (value.isPresent()) {
                return value.getAsDouble();
            }
        }
        if (param.required()) {
            throw new IllegalArgumentException(tensor + " has no " + param.name());
        }
        return param.defaultValue();
    }

    private void requireGiven() {
        for (Param param : method.params()) {
            if (!param.required() || common.containsKey(param.name())) {
                continue;
            }
            if (param.scope() == Param.Scope.GLOBAL) {
                problems.add(
                        config.methodLine(),
                        "no " + param.name() + ", which " + method.name() + " needs; write it under parameters");
            } else {
                for (int i = 0; i < experts.size(); i++) {
                    if (!own.get(i).containsKey(param.name())) {
                        problems.add(experts.get(i).line(), notGiven(experts.get(i), param));
                    }
                }
            }
        }
    }

    private String notGiven(ModelEntry expert, Param param) {
        String start = label(expert) + " has no " + param.name() + ", which " + method.name() + " needs for each model";
        return config.models().contains(expert)
                ? start + "; write it under " + label(expert) + ".parameters, or for all under parameters"
                : start + " and the base is one here; write it under parameters, or list the base under models too";
    }

    private static void requireEach(
            ConfigProblems found,
            Param param,
            int line,
            String whose,
            List<String> tensorNames,
            List<Map<String, SettingValues>> levels) {
        List<SettingValues> given = levels.stream()
                .filter(level -> level.containsKey(param.name()))
                .map(level -> level.get(param.name()))
                .toList();
        List<String> without = tensorNames.stream()
                .filter(name ->
                        given.stream().allMatch(values -> values.caseFor(name).isEmpty()))
                .toList();
        // where nothing is given at all, problems() has said so
        if (!given.isEmpty() && !without.isEmpty()) {
            String others = without.size() == 1 ? "" : " and " + (without.size() - 1) + " more";
            found.add(
                    line,
                    whose + ": no filter of " + param.name() + " matches the tensor "
                            + OneLine.quoted(without.getFirst()) + others + "; add a rule without a filter");
        }
    }

    private void noteEntries() {
        Set<String> listed = new HashSet<>();
        for (ModelEntry entry : config.models()) {
            boolean useless = method.base() == MethodInfo.BaseRole.ORIGIN && config.isBase(entry);
            if (useless && !entry.parameters().isEmpty()) {
                notes.add(
                        entry.line(),
                        "the parameters of " + label(entry) + " have no effect: it is the base, which " + method.name()
                                + " takes the differences from");
            }
            if (!useless && !listed.add(entry.model())) {
                notes.add(
                        entry.line(),
                        OneLine.quoted(entry.model()) + " is listed before and counts again; mergekit would drop it");
            }
        }
    }

    private static void noteUnused(
            Map<String, SettingValues> level, List<String> tensorNames, Set<Setting.Rule> seen, ConfigNotes unused) {
        level.forEach((name, values) -> {
            Set<SettingValues.Case> used = new HashSet<>();
            tensorNames.forEach(tensor -> values.caseFor(tensor).ifPresent(used::add));
            for (SettingValues.Case each : values.cases()) {
                String filter = each.rule().filter().orElse("*");
                if (!used.contains(each) && seen.add(each.rule())) {
                    unused.add(
                            each.rule().line(),
                            "no tensor uses the value of " + OneLine.quoted(name) + " for the filter "
                                    + OneLine.quoted(filter));
                }
            }
        });
    }

    /** "models[1]", or "base_model" for a base that is not listed. */
    private String label(ModelEntry entry) {
        int place = config.models().indexOf(entry);
        return place < 0 ? "base_model" : "models[" + place + "]";
    }
}
