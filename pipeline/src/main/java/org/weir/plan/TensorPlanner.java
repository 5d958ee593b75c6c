package org.weir.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.weir.checkpoint.DType;
import org.weir.checkpoint.InputChangedException;
import org.weir.checkpoint.MappedTensor;
import org.weir.checkpoint.TensorInfo;
import org.weir.method.InvalidSettingsException;
import org.weir.method.MergeMethod;
import org.weir.method.MethodInfo;
import org.weir.method.Settings;
import org.weir.stage.GramSolve;
import org.weir.stage.Recipe;
import org.weir.stage.WeightedSum;

/** Decides for every tensor of every input what becomes of it. */
final class TensorPlanner {

    private final MergeConfig config;
    private final MergeMethod method;
    private final MethodInfo info;
    private final ParameterLookup parameters;
    private final boolean copyFromBase;
    private final Exactness exactness;
    private final OutputDTypes dtypes;
    private final List<SliceModels> slices;
    /** Every tensor of the result, slice after slice, in the order of the slice's donor. */
    private final List<TensorPlace> places = new ArrayList<>();

    private final List<PlanProblem> problems = new ArrayList<>();
    private final TensorProblems tensorProblems = new TensorProblems();
    /** Tensors that the method would solve for if it could. */
    private final List<String> averaged = new ArrayList<>();

    private final SettingsByTensor settings;
    private final Map<Recipe, Recipe> recipes = new HashMap<>();
    private @Nullable Recipe recipeBefore;
    private final String treatmentOfAll;

    private final StatisticsFinder statistics;
    private final TensorFinder finder;

    TensorPlanner(
            MergeConfig config,
            MergeMethod method,
            ParameterLookup parameters,
            MergeOptions options,
            List<SliceModels> slices,
            Optional<ResultTokenizer> tokenizer) {
        this.config = config;
        this.method = method;
        this.info = method.info();
        this.parameters = parameters;
        this.copyFromBase = options.copyFromBase();
        this.exactness = options.exactness();
        this.dtypes = new OutputDTypes(config, exactness, info.base());
        this.slices = slices;
        this.settings = new SettingsByTensor(slices);
        this.treatmentOfAll = "merged by " + info.name();
        this.statistics = new StatisticsFinder(slices, tensorProblems);
        this.finder = new TensorFinder(slices, VocabularyRule.of(info.name()), tokenizer, exactness, tensorProblems);
        for (int i = 0; i < slices.size(); i++) {
            places.addAll(slices.get(i).places(i, exactness.allowMissing()));
        }
    }

    /**
     * One plan per tensor, in the donor's order; as many problems as there are.
     *
     * @param settingsSound whether the parameters are right as far as they can be without the tensors; else only the
     *     tensors are checked
     */
    List<TensorPlan> plan(boolean settingsSound) {
        if (!exactness.allowMissing()) {
            slices.forEach(this::refuseTensorsOnlyElsewhere);
        }
        if (settingsSound) {
            problems.addAll(parameters.missing(
                    places, place -> Codecs.exist(finder.donors(place).info().dtype())));
        }
        boolean recipes = settingsSound && problems.isEmpty();
        List<TensorPlan> plans = new ArrayList<>();
        for (TensorPlace place : places) {
            finder.find(place)
                    .filter(_ -> recipes)
                    .flatMap(inputs -> plan(place, inputs))
                    .ifPresent(plans::add);
        }
        problems.addAll(ModelScope.problems(merged(plans), config.file().toString()));
        return inBlockOrder(plans);
    }

    List<TensorPlace> places() {
        return places;
    }

    List<PlanProblem> problems() {
        return Stream.concat(problems.stream(), tensorProblems.all(config.file() + ":" + config.methodLine()).stream())
                .toList();
    }

    Set<String> notes() {
        Set<String> all = new TreeSet<>(dtypes.notes());
        all.addAll(finder.notes());
        if (!averaged.isEmpty()) {
            all.add("averaged, for want of a Gram matrix from every model: " + String.join(", ", averaged));
        }
        return all;
    }

    /** What the config came to, by the tensor, for those that it was asked for; equal ones are the same object. */
    Map<String, ResolvedSettings> settings() {
        return settings.all();
    }

    /** How many tokens the result has, if that is not what the donor has. */
    OptionalLong vocabulary() {
        return finder.vocabulary();
    }

    private void refuseTensorsOnlyElsewhere(SliceModels slice) {
        Set<String> seen = new HashSet<>(slice.untied().keySet());
        for (SliceSource expert : slice.experts()) {
            for (MappedTensor tensor : expert.tensors()) {
                String name = expert.output(tensor).orElseThrow();
                String reference = expert.input().reference();
                boolean known = slice.donor().tensor(name).isPresent() || seen.contains(name);
                if (!known && seen.add(reference + '\n' + name)) {
                    problem(
                            name,
                            "is in " + reference + " (" + tensor.info().shape() + ") but not in "
                                    + slice.donor().input().reference()
                                    + "; all models must have the same tensors, unless --allow-missing");
                }
            }
        }
    }

    private Optional<TensorPlan> plan(TensorPlace place, TensorInputs inputs) {
        boolean arithmetic = inputs.read().stream()
                .allMatch(input -> Codecs.exist(input.info().dtype()));
        return arithmetic ? merged(place, inputs) : copied(place, inputs);
    }

    private Optional<TensorPlan> merged(TensorPlace place, TensorInputs inputs) {
        Settings settings = parameters
                .settings(place)
                .of(inputs.present())
                .shaped(inputs.shape().dims())
                .withOrigin(inputs.base().isPresent());
        TensorInfo output = output(place, inputs);
        if (inputs.experts().isEmpty()) {
            String alone = slices.get(place.slice()).experts().isEmpty()
                    ? "its slice has no other source, so the base's is taken"
                    : "no other has it, so the base's is taken (--allow-missing)";
            return Optional.of(baseOnly(output, inputs, alone));
        }
        SliceModels slice = slices.get(place.slice());
        boolean all = inputs.present().size() == slice.experts().size();
        try {
            Recipe recipe = shared(method.recipe(settings));
            this.settings.put(place.output(), place.slice(), settings, inputs.present());
            if (recipe.ontoBase() && recipe.factor() == 0) {
                return Optional.of(baseOnly(output, inputs, "lambda is 0, so the base's is taken"));
            }
            String treatment = all ? treatmentOfAll : treatmentOfAll + ", of the models that have it (--allow-missing)";
            return switch (info.statistics()) {
                case NONE -> Optional.of(merged(output, treatment, recipe, inputs));
                case OF_ELEMENTS ->
                    statistics.beside(place, inputs).map(both -> merged(output, treatment, recipe, both));
                case OF_LAYERS -> Optional.of(solved(place, output, settings, recipe, inputs));
            };
        } catch (InvalidSettingsException e) {
            tensorProblems.add(PlanProblem.Kind.CONFIG, place.output(), String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /** Of many tensors few differ in it, and hardly any from the one before: one object for all that are equal. */
    private Recipe shared(Recipe recipe) {
        Recipe before = recipeBefore;
        Recipe one = before != null && before.equals(recipe) ? before : recipes.computeIfAbsent(recipe, same -> same);
        recipeBefore = one;
        return one;
    }

    private static MergedTensor merged(TensorInfo output, String treatment, Recipe recipe, TensorInputs inputs) {
        boolean unused = inputs.base().isPresent() && !recipe.ontoBase(); // then it only gives names and types
        List<RowView> views = inputs.views().stream().skip(unused ? 1 : 0).toList();
        Optional<MappedTensor> base = unused ? Optional.empty() : inputs.base();
        return new MergedTensor(output, treatment, recipe, base, inputs.experts(), views, Map.of(), 0);
    }

    private TensorPlan solved(
            TensorPlace place, TensorInfo output, Settings settings, Recipe recipe, TensorInputs inputs) {
        List<MappedTensor> grams = statistics.grams(place, inputs);
        if (grams.size() == inputs.experts().size()) {
            GramSolve solve = method.solve(settings).orElseThrow();
            return new SolvedTensor(output, "solved by " + info.name(), solve, inputs.experts(), grams);
        }
        averaged.add(place.output());
        return merged(output, "averaged, for want of a Gram matrix", recipe, inputs);
    }

    /** Where nothing of the experts shows, not even an Inf is read. */
    private static TensorPlan baseOnly(TensorInfo output, TensorInputs inputs, String reason) {
        MappedTensor base = inputs.base().orElseThrow();
        Recipe narrowed = Recipe.ofDeltas(new WeightedSum(List.of(), 1));
        List<RowView> view = inputs.views().stream().limit(1).toList();
        return output.dtype() == base.info().dtype() && view.isEmpty()
                ? new CopiedTensor(output.name(), base, reason, List.of())
                : new MergedTensor(output, reason, narrowed, inputs.base(), List.of(), view, Map.of(), 0);
    }

    /** The first input's own where it is the same: there are very many. */
    private TensorInfo output(TensorPlace place, TensorInputs inputs) {
        TensorInfo output = inputs.read().getFirst().info();
        DType dtype = dtypes.of(inputs);
        boolean same = output.dtype() == dtype
                && output.shape().equals(inputs.shape())
                && output.name().equals(place.output());
        return same ? output : new TensorInfo(place.output(), dtype, inputs.shape());
    }

    private Optional<TensorPlan> copied(TensorPlace place, TensorInputs inputs) {
        MappedTensor tensor = finder.donors(place);
        String kind = tensor.info().dtype() + " tensors are not merged";
        try {
            for (MappedTensor input : inputs.read()) {
                if (!copyFromBase && !SameBytes.in(tensor, input)) {
                    problem(
                            place.output(),
                            "is " + tensor.info().dtype() + ", which cannot be merged, and differs between "
                                    + tensor.file() + " and " + input.file() + "; --copy-from-base takes it from "
                                    + slices.get(place.slice()).donor().input().reference());
                    return Optional.empty();
                }
            }
        } catch (InputChangedException e) {
            problem(place.output(), String.valueOf(e.getMessage()));
            return Optional.empty();
        }
        String reason = copyFromBase ? kind + " (--copy-from-base)" : kind + ", all inputs agree";
        List<MappedTensor> alike = copyFromBase ? List.of() : inputs.read();
        return Optional.of(new CopiedTensor(place.output(), tensor, reason, alike));
    }

    /** Numbers the blocks through the tensors by name, so that neither shards nor file order show in what is ranked. */
    private static List<TensorPlan> inBlockOrder(List<TensorPlan> plans) {
        Integer[] byName = new Integer[plans.size()];
        Arrays.setAll(byName, i -> i);
        Arrays.sort(byName, Comparator.comparing(i -> plans.get(i).output().name()));
        List<TensorPlan> placed = new ArrayList<>(plans);
        int block = 0;
        for (int i : byName) {
            if (plans.get(i) instanceof MergedTensor merged) {
                placed.set(i, merged.at(block));
                block = Math.addExact(block, merged.blocks());
            }
        }
        return placed;
    }

    private static List<MergedTensor> merged(List<TensorPlan> plans) {
        return plans.stream()
                .filter(MergedTensor.class::isInstance)
                .map(MergedTensor.class::cast)
                .toList();
    }

    private void problem(String tensor, String message) {
        tensorProblems.add(PlanProblem.Kind.INPUT, tensor, message);
    }
}
