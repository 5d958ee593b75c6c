package org.weir.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.weir.method.MethodInfo;
import org.weir.method.Param;

/** Whether what a config gives and what a method and its tensors need are the same: nothing missing, nothing unused. */
final class ParameterCoverage {
    /** A required parameter, who has to have it, and where it may come from. */
    private record Need(Param param, int line, String whose, String remedy, List<SettingValues> levels) {}

    private final MergeConfig config;
    private final MethodInfo method;
    private final GivenParameters given;
    private final List<Need> needs = new ArrayList<>();

    ParameterCoverage(MergeConfig config, MethodInfo method, List<ModelEntry> experts, GivenParameters given) {
        this.config = config;
        this.method = method;
        this.given = given;
        for (Param param : method.params()) {
            if (param.required() && param.scope() == Param.Scope.GLOBAL) {
                needs.add(new Need(
                        param, config.methodLine(), "the config", "write it under parameters", given.levels(param)));
            } else if (param.required()) {
                for (int i = 0; i < experts.size(); i++) {
                    needs.add(need(param, experts.get(i), given.levels(param, i)));
                }
            }
        }
    }

    private Need need(Param param, ModelEntry expert, List<SettingValues> levels) {
        String label = config.label(expert);
        String remedy = config.models().contains(expert)
                ? "write it under " + label + ".parameters, or for all models under parameters"
                : "the base is one more model here: write it under parameters, or list the base under models";
        return new Need(param, expert.line(), label, remedy, levels);
    }

    /** Finds the required parameters that are nowhere: one problem for each model that lacks one. */
    void requireGiven(ConfigProblems problems) {
        needs.stream().filter(need -> need.levels().isEmpty()).forEach(need -> {
            String each = need.param().scope() == Param.Scope.GLOBAL ? "" : " for each model";
            problems.add(
                    need.line(),
                    need.whose() + " has no " + need.param().name() + ", which " + method.name() + " needs" + each
                            + "; " + need.remedy());
        });
    }

    /** Finds the required parameters that are given, but not for all of these tensors. */
    void requireForEach(List<String> tensorNames, ConfigProblems problems) {
        for (Need need : needs) {
            List<String> without = tensorNames.stream()
                    .filter(name -> need.levels().stream()
                            .allMatch(values -> values.caseFor(name).isEmpty()))
                    .toList();
            // where nothing is given at all, requireGiven has said so
            if (!need.levels().isEmpty() && !without.isEmpty()) {
                String more = without.size() == 1 ? "" : " and " + (without.size() - 1) + " more tensors";
                problems.add(
                        need.line(),
                        need.whose() + " has no " + need.param().name() + " for "
                                + OneLine.quoted(without.getFirst()) + more
                                + ": no filter matches; add a rule without a filter");
            }
        }
    }

    /** Finds the filters that no tensor needs, most often because of a typo. */
    void noteUnused(List<String> tensorNames, ConfigNotes notes) {
        Set<Setting.Rule> told = new HashSet<>();
        for (Map<String, SettingValues> level : given.all()) {
            level.forEach((name, values) -> {
                Set<SettingValues.Case> used = new HashSet<>();
                tensorNames.forEach(tensor -> values.caseFor(tensor).ifPresent(used::add));
                values.cases().stream()
                        .filter(each -> !used.contains(each) && told.add(each.rule()))
                        .forEach(each -> each.rule()
                                .filter()
                                .ifPresent(filter -> notes.add(
                                        each.rule().line(),
                                        "no tensor uses the value of " + name + " for the filter "
                                                + OneLine.quoted(filter))));
            });
        }
    }
}
