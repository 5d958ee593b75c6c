package org.weir.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Predicate;
import org.weir.method.MethodInfo;
import org.weir.method.Param;
import org.weir.method.Settings;

/**
 * Finds the parameters of a method for each output tensor in mergekit's order: for an expert's own parameters what its
 * entry says, then the {@code parameters} of its slice, of the module and of the config, then the default; for those of
 * the whole merge the same without the entry. A level whose filters do not match is passed over.
 *
 * <p>First {@link #problems}; {@link #missing} and {@link #notes} when the tensors are known; {@link #settings} only
 * where nothing was wrong.
 */
final class ParameterLookup {
    private final MergeConfig config;
    private final MethodInfo method;
    private final long seed;
    /** Per slice. */
    private final List<GivenParameters> given = new ArrayList<>();
    /** Of slices where neither names nor layers matter, so that there is nothing to look up again. */
    private final Map<Integer, Settings> ofAllTensors = new HashMap<>();

    /** The most experts that a slice has. */
    private final int most;

    private final ParameterCoverage coverage;
    private final ConfigProblems problems;
    private final ConfigNotes notes;

    ParameterLookup(MergeConfig config, MethodInfo method, long seed) {
        this.config = config;
        this.method = method;
        this.seed = seed;
        this.problems = new ConfigProblems(config.file());
        this.notes = new ConfigNotes(config.file());
        ParameterReader reader = new ParameterReader(method, problems, notes);
        Map<String, SettingValues> module = reader.ofAll(config.moduleParameters(), "modules.default.parameters");
        Map<String, SettingValues> all = reader.ofAll(config.parameters(), "parameters");
        for (int i = 0; i < config.slices().size(); i++) {
            SliceEntry slice = config.slices().get(i);
            Map<String, SettingValues> own = reader.ofAll(slice.parameters(), "slices[" + i + "].parameters");
            given.add(new GivenParameters(
                    config, slice, slice.experts(method.base()), reader, List.of(own, module, all)));
            noteEntries(slice);
        }
        this.most =
                given.stream().mapToInt(slice -> slice.experts().size()).max().orElse(0);
        this.coverage = new ParameterCoverage(config, method, given);
        coverage.requireGiven(problems);
    }

    /** What is wrong whatever the tensors are: names, values, and required parameters that are nowhere. By line. */
    List<PlanProblem> problems() {
        return problems.sorted();
    }

    /**
     * Required parameters that are given, but whose filters leave some of these tensors without a value.
     *
     * @param isMerged which tensors need any; asked only where there are filters
     */
    List<PlanProblem> missing(List<TensorPlace> places, Predicate<TensorPlace> isMerged) {
        ConfigProblems missing = new ConfigProblems(config.file());
        coverage.requireForEach(places, isMerged, missing);
        return missing.sorted();
    }

    /** What is not wrong but should be known: what has no effect on these tensors, what mergekit does differently. */
    List<String> notes(List<TensorPlace> places) {
        ConfigNotes all = notes.copy();
        coverage.noteUnused(places, all);
        return all.sorted();
    }

    /**
     * The parameters for one output tensor.
     *
     * @throws IllegalArgumentException if a required parameter is missing, which {@link #problems} or {@link #missing}
     *     said
     */
    Settings settings(TensorPlace place) {
        Settings known = ofAllTensors.get(place.slice());
        if (known != null) {
            return known.named(place.output());
        }
        GivenParameters slice = given.get(place.slice());
        Settings found = lookedUp(slice, place);
        if (slice.isTheSameForAllTensors()) {
            ofAllTensors.put(place.slice(), found);
        }
        return found;
    }

    private Settings lookedUp(GivenParameters slice, TensorPlace place) {
        int experts = slice.experts().size();
        Map<String, double[]> values = new HashMap<>();
        for (Param param : method.params()) {
            double[] found = switch (param.scope()) {
                case GLOBAL -> new double[] {value(param, slice.levels(param), place.output(), place.t())};
                case PER_EXPERT -> {
                    double[] all = new double[experts];
                    Arrays.setAll(
                            all,
                            i -> value(
                                    param,
                                    slice.levels(param, i),
                                    place.inputs().get(i),
                                    place.t()));
                    yield all;
                }
            };
            values.put(param.name(), found);
        }
        return new Settings(method.params(), place.output(), seed, experts, values).amongSlicesOf(most);
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

    private void noteEntries(SliceEntry slice) {
        Set<String> listed = new HashSet<>();
        for (ModelEntry entry : slice.sources()) {
            boolean useless = method.base().isOrigin() && slice.isBase(entry);
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
