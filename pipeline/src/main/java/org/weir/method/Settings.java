package org.weir.method;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.weir.simd.CounterRandom;

/** The parameters of one method for one output tensor: what the config says of it, else the defaults. */
public final class Settings {
    private final String tensor;
    private final long seed;
    /** Where each expert stands in the config. */
    private final List<Integer> places;

    private final int experts;
    /** How many experts the config lists, in this slice or in that with the most. */
    private final int listed;

    private final List<Long> dims;
    private final boolean origin;
    /** In the order of the method. */
    private final Map<Param, double[]> values;

    /**
     * @param params all that the method declares
     * @param tensor the output tensor
     * @param seed of the merge, for {@link #random}
     * @param given values by parameter name: one per expert, or a single one for a global parameter
     * @throws IllegalArgumentException if a required parameter is missing, if one is given that is not declared, or if
     *     there are not as many values as the scope asks for
     */
    public Settings(List<Param> params, String tensor, long seed, int experts, Map<String, double[]> given) {
        this.tensor = tensor;
        this.seed = seed;
        this.experts = experts;
        this.listed = experts;
        this.places = IntStream.range(0, experts).boxed().toList();
        this.dims = List.of();
        this.origin = false;
        this.values = new LinkedHashMap<>();
        int found = 0;
        for (Param param : params) {
            double[] own = given.get(param.name());
            found += own == null ? 0 : 1;
            values.put(param, own == null ? defaults(param) : checked(param, own));
        }
        if (found < given.size()) {
            Set<String> left = new TreeSet<>(given.keySet());
            params.forEach(param -> left.remove(param.name()));
            throw new IllegalArgumentException("not declared: " + left);
        }
    }

    private Settings(Settings of, String tensor, int listed, List<Long> dims, boolean origin) {
        this.tensor = tensor;
        this.seed = of.seed;
        this.experts = of.experts;
        this.listed = listed;
        this.places = of.places;
        this.dims = List.copyOf(dims);
        this.origin = origin;
        this.values = of.values;
    }

    private Settings(Settings of, List<Integer> chosen) {
        this.tensor = of.tensor;
        this.seed = of.seed;
        this.experts = chosen.size();
        this.listed = of.listed;
        this.places = chosen.stream().map(of.places::get).toList();
        this.dims = of.dims;
        this.origin = of.origin;
        this.values = new LinkedHashMap<>();
        of.values.forEach((param, all) -> values.put(
                param,
                param.scope() == Param.Scope.GLOBAL
                        ? all
                        : chosen.stream().mapToDouble(expert -> all[expert]).toArray()));
    }

    /** The same for some of the experts only, in their order, each with its own parameters and random bits. */
    public Settings of(List<Integer> chosen) {
        return chosen.size() == experts ? this : new Settings(this, chosen);
    }

    /** Whether these are the same experts with the same parameters, be it for another tensor. */
    public boolean hasValuesOf(Settings other) {
        return places.equals(other.places) && (values.equals(other.values) || hasEqualValues(other));
    }

    private boolean hasEqualValues(Settings other) {
        return values.keySet().equals(other.values.keySet())
                && values.entrySet().stream()
                        .allMatch(own -> Arrays.equals(own.getValue(), other.values.get(own.getKey())));
    }

    /** The same for another tensor, a scalar without a base. */
    public Settings named(String other) {
        return new Settings(this, other, listed, List.of(), false);
    }

    /** The same in a config with a slice that lists so many experts; before, there is none with more than these. */
    public Settings amongSlicesOf(int most) {
        return new Settings(this, tensor, Math.max(listed, most), dims, origin);
    }

    /** The same for a tensor of this shape; before, it is a scalar's. */
    public Settings shaped(List<Long> shape) {
        return new Settings(this, tensor, listed, shape, origin);
    }

    /** The same where there is a base to take differences from, or not; before, there is none. */
    public Settings withOrigin(boolean given) {
        return new Settings(this, tensor, listed, dims, given);
    }

    /** Whether there is a base to take differences from. */
    public boolean hasOrigin() {
        return origin;
    }

    /** The tensor's dimensions, none for a scalar. */
    public List<Long> shape() {
        return dims;
    }

    /** How many elements the tensor has. */
    public long elements() {
        return dims.stream().reduce(1L, Math::multiplyExact);
    }

    /** How many elements a row has, that is the last dimension: a vector is one row, a scalar a row of one. */
    public long rowElements() {
        return dims.isEmpty() ? 1 : dims.getLast();
    }

    /** The output tensor that these settings are for. */
    public String tensor() {
        return tensor;
    }

    /** The seed of the merge. */
    public long seed() {
        return seed;
    }

    /** How many experts there are. */
    public int experts() {
        return experts;
    }

    /** Whether several experts are merged, of which only one has this tensor, or gives this slice's layers. */
    boolean oneHasIt() {
        return experts == 1 && listed > 1;
    }

    /**
     * Refuses any other number of experts.
     *
     * @param what the method takes, for the message
     */
    void requireExperts(int wanted, String what) throws InvalidSettingsException {
        if (experts != wanted) {
            throw new InvalidSettingsException(
                    what + ", found " + experts + (experts == 1 ? " model" : " models") + " to merge");
        }
    }

    /** The number that a global parameter is. */
    public double get(Param global) {
        return of(global, Param.Scope.GLOBAL, Param.Kind.NUMBER)[0];
    }

    /** The number that a parameter is for one expert. */
    public double get(Param perExpert, int expert) {
        return of(perExpert, Param.Scope.PER_EXPERT, Param.Kind.NUMBER)[expert];
    }

    /** The numbers that a parameter is, one per expert. */
    public List<Double> all(Param perExpert) {
        return Arrays.stream(of(perExpert, Param.Scope.PER_EXPERT, Param.Kind.NUMBER))
                .boxed()
                .toList();
    }

    /** Whether a flag is set. */
    public boolean flag(Param flag) {
        return of(flag, Param.Scope.GLOBAL, Param.Kind.FLAG)[0] != 0;
    }

    /** The word that was chosen. */
    public String choice(Param choice) {
        return choice.textOf(of(choice, Param.Scope.GLOBAL, Param.Kind.CHOICE)[0]);
    }

    /** All that has an effect, in the order of the method: one value per expert, or a single one; see {@link Param#of}. */
    public Map<Param, List<Object>> values() {
        Map<Param, List<Object>> all = new LinkedHashMap<>();
        values.forEach((param, own) -> {
            if (!param.isIgnored()) {
                all.put(param, Arrays.stream(own).mapToObj(param::of).toList());
            }
        });
        return all;
    }

    /** Random bits for one expert's elements of this tensor. */
    public CounterRandom random(int expert) {
        return CounterRandom.of(seed, places.get(expert), tensor);
    }

    private double[] of(Param param, Param.Scope scope, Param.Kind kind) {
        double[] found = values.get(param);
        if (found == null || param.scope() != scope || param.kind() != kind) {
            throw new IllegalArgumentException(
                    param.name() + " is no " + scope + " " + kind + " that the method declared");
        }
        return found;
    }

    private double[] defaults(Param param) {
        if (param.required()) {
            throw new IllegalArgumentException(tensor + " has no " + param.name());
        }
        double[] all = new double[size(param)];
        Arrays.fill(all, param.defaultValue());
        return all;
    }

    private double[] checked(Param param, double[] own) {
        if (own.length != size(param)) {
            throw new IllegalArgumentException(own.length + " values for " + param.name());
        }
        return own.clone();
    }

    private int size(Param param) {
        return param.scope() == Param.Scope.GLOBAL ? 1 : experts;
    }
}
