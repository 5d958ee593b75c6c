package org.weir.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.weir.checkpoint.DType;
import org.weir.checkpoint.InputChangedException;
import org.weir.checkpoint.MappedTensor;
import org.weir.checkpoint.TensorInfo;
import org.weir.method.InvalidSettingsException;
import org.weir.method.MergeMethod;
import org.weir.method.MethodInfo.BaseRole;
import org.weir.method.Settings;
import org.weir.stage.Recipe;
import org.weir.stage.WeightedSum;

/** Decides for every tensor of every input what becomes of it. */
final class TensorPlanner {

    private final MergeConfig config;
    private final MergeMethod method;
    private final ParameterLookup parameters;
    private final boolean copyFromBase;
    /** The model that says which tensors there are and in which order. */
    private final Input donor;
    /** What deltas are taken from. */
    private final Optional<Input> origin;

    private final List<Input> experts;
    private final List<PlanProblem> problems = new ArrayList<>();
    private final TensorProblems tensorProblems = new TensorProblems();
    private final Set<String> notes = new TreeSet<>();

    TensorPlanner(
            MergeConfig config,
            MergeMethod method,
            ParameterLookup parameters,
            boolean copyFromBase,
            Optional<Input> base,
            List<Input> experts) {
        this.config = config;
        this.method = method;
        this.parameters = parameters;
        this.copyFromBase = copyFromBase;
        this.donor = base.orElseGet(experts::getFirst);
        this.origin = method.info().base() == BaseRole.ORIGIN ? base : Optional.empty();
        this.experts = experts;
    }

    /**
     * One plan per tensor, in the donor's order; as many problems as there are.
     *
     * @param settingsSound whether the parameters are right as far as they can be without the tensors; else only the
     *     tensors are checked
     */
    List<TensorPlan> plan(boolean settingsSound) {
        refuseTensorsOnlyElsewhere();
        if (settingsSound) {
            problems.addAll(parameters.missing(
                    names(tensor -> Codecs.exist(tensor.info().dtype()))));
        }
        boolean recipes = settingsSound && problems.isEmpty();
        LayerStack layers = LayerStack.of(names(tensor -> true), DonorConfig.layers(donor.checkpoint()));
        List<TensorPlan> plans = new ArrayList<>();
        for (MappedTensor tensor : donor.checkpoint().tensors()) {
            all(tensor)
                    .filter(_ -> recipes)
                    .flatMap(inputs -> plan(tensor, inputs, layers))
                    .ifPresent(plans::add);
        }
        problems.addAll(ModelScope.problems(merged(plans), config.file().toString()));
        return inBlockOrder(plans);
    }

    private List<String> names(Predicate<MappedTensor> which) {
        return donor.checkpoint().tensors().stream()
                .filter(which)
                .map(tensor -> tensor.info().name())
                .toList();
    }

    List<PlanProblem> problems() {
        return Stream.concat(problems.stream(), tensorProblems.all(config.file() + ":" + config.methodLine()).stream())
                .toList();
    }

    Set<String> notes() {
        return notes;
    }

    private void refuseTensorsOnlyElsewhere() {
        Set<String> seen = new HashSet<>();
        for (Input expert : experts) {
            for (MappedTensor tensor : expert.checkpoint().tensors()) {
                String name = tensor.info().name();
                if (donor.checkpoint().tensor(name).isEmpty() && seen.add(expert.reference() + '\n' + name)) {
                    problem(
                            name,
                            "is in " + expert.reference() + " (" + tensor.info().shape() + ") but not in "
                                    + donor.reference() + "; all models must have the same tensors");
                }
            }
        }
    }

    /** The experts' tensors of that name, if all of them have it in that shape. */
    private Optional<List<MappedTensor>> all(MappedTensor tensor) {
        List<MappedTensor> found = new ArrayList<>();
        Set<String> said = new HashSet<>();
        for (Input expert : experts) {
            Optional<MappedTensor> theirs =
                    expert.checkpoint().tensor(tensor.info().name());
            theirs.ifPresent(found::add);
            mismatch(tensor.info(), theirs.map(MappedTensor::info))
                    .filter(mismatch -> said.add(expert.reference()))
                    .ifPresent(what -> problem(
                            tensor.info().name(),
                            "is " + tensor.info().shape() + " in " + donor.reference() + " but " + what + " "
                                    + expert.reference()));
        }
        return said.isEmpty() ? Optional.of(found) : Optional.empty();
    }

    private static Optional<String> mismatch(TensorInfo wanted, Optional<TensorInfo> theirs) {
        if (theirs.isEmpty()) {
            return Optional.of("missing from");
        }
        return theirs.get().shape().equals(wanted.shape())
                ? Optional.empty()
                : Optional.of(theirs.get().shape() + " in");
    }

    private Optional<TensorPlan> plan(MappedTensor tensor, List<MappedTensor> inputs, LayerStack layers) {
        List<MappedTensor> read = Stream.concat(origin.stream().map(base -> tensor), inputs.stream())
                .toList();
        boolean arithmetic =
                read.stream().allMatch(input -> Codecs.exist(input.info().dtype()));
        return arithmetic ? merged(tensor.info(), inputs, read, layers) : copied(tensor, read);
    }

    private Optional<TensorPlan> merged(
            TensorInfo tensor, List<MappedTensor> inputs, List<MappedTensor> read, LayerStack layers) {
        String name = tensor.name();
        List<String> names = inputs.stream().map(input -> name).toList();
        Settings settings = parameters.settings(name, names, layers.t(name));
        try {
            Recipe recipe = method.recipe(settings);
            TensorInfo output = new TensorInfo(name, outputDType(read), tensor.shape());
            return Optional.of(
                    recipe.ontoBase() && recipe.factor() == 0
                            ? baseOnly(output, read.getFirst())
                            : new MergedTensor(
                                    output,
                                    "merged by " + method.info().name(),
                                    recipe,
                                    origin.map(b -> read.getFirst()),
                                    inputs,
                                    0));
        } catch (InvalidSettingsException e) {
            tensorProblems.add(PlanProblem.Kind.CONFIG, name, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /** With lambda 0 nothing of the experts shows: not even an Inf is read. */
    private static TensorPlan baseOnly(TensorInfo output, MappedTensor base) {
        String reason = "the base's, since lambda is 0";
        Recipe narrowed = Recipe.ofDeltas(new WeightedSum(List.of(), 1));
        return output.dtype() == base.info().dtype()
                ? new CopiedTensor(base, reason)
                : new MergedTensor(output, reason, narrowed, Optional.of(base), List.of(), 0);
    }

    /** out_dtype, else dtype, else the base's, else the narrowest that holds all summands' values. */
    private DType outputDType(List<MappedTensor> read) {
        Stream<DType> types = origin.isPresent()
                ? Stream.of(read.getFirst().info().dtype())
                : read.stream().map(input -> input.info().dtype());
        if (read.stream().anyMatch(input -> input.info().dtype() == DType.F64)) {
            notes.add("F64 tensors are rounded to f32 when they are read: all arithmetic is f32");
        }
        return config.outDtype()
                .or(config::dtype)
                .orElseGet(() -> types.reduce(TensorPlanner::promoted).orElseThrow());
    }

    private static DType promoted(DType a, DType b) {
        if (a == b) {
            return a;
        }
        return a == DType.F64 || b == DType.F64 ? DType.F64 : DType.F32;
    }

    private Optional<TensorPlan> copied(MappedTensor tensor, List<MappedTensor> inputs) {
        String kind = tensor.info().dtype() + " tensors are not merged";
        try {
            for (MappedTensor input : inputs) {
                if (!copyFromBase && !SameBytes.in(tensor, input)) {
                    problem(
                            tensor.info().name(),
                            "is " + tensor.info().dtype() + ", which cannot be merged, and differs between "
                                    + tensor.file() + " and " + input.file()
                                    + "; --copy-from-base takes it from " + donor.reference());
                    return Optional.empty();
                }
            }
        } catch (InputChangedException e) {
            problem(tensor.info().name(), String.valueOf(e.getMessage()));
            return Optional.empty();
        }
        return Optional.of(
                new CopiedTensor(tensor, copyFromBase ? kind + " (--copy-from-base)" : kind + ", all inputs agree"));
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
