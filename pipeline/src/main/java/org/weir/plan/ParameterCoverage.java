package org.weir.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.weir.method.MethodInfo;
import org.weir.method.Param;

/** Whether what a config gives and what a method and its tensors need are the same: nothing missing, nothing unused. */
final class ParameterCoverage {
    /**
     * A required parameter, who has to have it, and where it may come from.
     *
     * @param filtered the name that filters look at
     */
    private record Need(
            Param param,
            int line,
            String whose,
            String remedy,
            List<SettingValues> levels,
            int slice,
            Function<TensorPlace, String> filtered) {

        boolean lacks(TensorPlace place) {
            if (place.slice() != slice) {
                return false;
            }
            String name = filtered.apply(place);
            return levels.stream().allMatch(values -> values.caseFor(name).isEmpty());
        }

        boolean isGivenToAll() {
            return levels.stream()
                    .flatMap(values -> values.cases().stream())
                    .anyMatch(each -> each.rule().filter().isEmpty());
        }
    }

    private final MergeConfig config;
    private final MethodInfo method;
    private final List<GivenParameters> given;
    private final List<Need> needs = new ArrayList<>();

    /** @param given to each slice */
    ParameterCoverage(MergeConfig config, MethodInfo method, List<GivenParameters> given) {
        this.config = config;
        this.method = method;
        this.given = given;
        for (int slice = 0; slice < given.size(); slice++) {
            for (Param param : method.params()) {
                if (param.required()) {
                    addNeeds(param, slice, given.get(slice));
                }
            }
        }
    }

    private void addNeeds(Param param, int slice, GivenParameters given) {
        if (param.scope() == Param.Scope.GLOBAL) {
            needs.add(new Need(
                    param,
                    config.methodLine(),
                    "the config",
                    "write it under parameters",
                    given.levels(param),
                    slice,
                    TensorPlace::output));
            return;
        }
        for (int i = 0; i < given.experts().size(); i++) {
            int place = i;
            ModelEntry expert = given.experts().get(i);
            String label = config.label(expert);
            String remedy = config.models().contains(expert)
                    ? "write it under " + label + ".parameters, or for all models under parameters"
                    : "the base is one more model here: write it under parameters, or list the base under models";
            needs.add(new Need(
                    param,
                    expert.line(),
                    label,
                    remedy,
                    given.levels(param, i),
                    slice,
                    tensor -> tensor.inputs().get(place)));
        }
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

    /** Finds the required parameters that are given, but not for all of these tensors that are merged. */
    void requireForEach(List<TensorPlace> places, Predicate<TensorPlace> isMerged, ConfigProblems problems) {
        for (Need need : needs) {
            // where nothing is given at all, requireGiven has said so
            if (need.levels().isEmpty() || need.isGivenToAll()) {
                continue;
            }
            List<TensorPlace> without =
                    places.stream().filter(need::lacks).filter(isMerged).toList();
            if (!without.isEmpty()) {
                String more = without.size() == 1 ? "" : " and " + (without.size() - 1) + " more tensors";
                problems.add(
                        need.line(),
                        need.whose() + " has no " + need.param().name() + " for "
                                + OneLine.quoted(need.filtered().apply(without.getFirst())) + more
                                + ": no filter matches; add a rule without a filter");
            }
        }
    }

    private static boolean filters(Map<String, SettingValues> level) {
        return level.values().stream()
                .flatMap(values -> values.cases().stream())
                .anyMatch(each -> each.rule().filter().isPresent());
    }

    /** Finds the filters that no tensor needs, most often because of a typo. */
    void noteUnused(List<TensorPlace> places, ConfigNotes notes) {
        boolean filtered = given.stream().flatMap(slice -> slice.all().stream()).anyMatch(ParameterCoverage::filters);
        if (!filtered) {
            return;
        }
        Set<Setting.Rule> used = new HashSet<>();
        for (TensorPlace place : places) {
            for (Map<String, SettingValues> level : given.get(place.slice()).all()) {
                Stream.concat(Stream.of(place.output()), place.inputs().stream())
                        .distinct()
                        .forEach(name -> level.values()
                                .forEach(values -> values.caseFor(name).ifPresent(each -> used.add(each.rule()))));
            }
        }
        Set<Setting.Rule> told = new HashSet<>();
        given.stream()
                .flatMap(slice -> slice.all().stream())
                .forEach(level -> level.forEach((name, values) -> values.cases().stream()
                        .map(SettingValues.Case::rule)
                        .filter(rule -> !used.contains(rule) && told.add(rule))
                        .forEach(rule -> rule.filter()
                                .ifPresent(filter -> notes.add(
                                        rule.line(),
                                        "no tensor uses the value of " + name + " for the filter "
                                                + OneLine.quoted(filter))))));
    }
}
