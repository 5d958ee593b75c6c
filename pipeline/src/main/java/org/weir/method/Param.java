package org.weir.method;

import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One parameter of a merge method. It is declared once, beside the method; validation, help and the table in the docs
 * all read this.
 *
 * <p>Whatever its kind, a value of it is a double: a number as it is, a flag as 0 or 1, a choice as its place in
 * {@link #choices}.
 *
 * @param name as configs write it
 * @param scope whether each expert has its own value or the whole merge has one
 * @param required whether a config has to give it; then {@link #defaultValue} is not used
 * @param defaultValue the value where a config gives none
 * @param range what a number may be
 * @param choices what a choice may be, empty for the other kinds
 * @param help one phrase for people, or ""
 * @param ignoredBecause why the parameter is accepted but has no effect, or "" when it has one
 */
public record Param(
        String name,
        Scope scope,
        Kind kind,
        boolean required,
        double defaultValue,
        Range range,
        List<String> choices,
        String help,
        String ignoredBecause) {

    private static final Set<String> SHARES = Set.of("density", "select_topk");

    /** Who has a value of its own. */
    public enum Scope {
        PER_EXPERT,
        GLOBAL
    }

    /** What a value is. */
    public enum Kind {
        NUMBER,
        FLAG,
        CHOICE
    }

    /**
     * The numbers from {@code lowest} to {@code highest}, both included unless {@code lowestExcluded}, that f32, in
     * which all arithmetic is done, can tell from 0 and from infinity.
     */
    public record Range(double lowest, boolean lowestExcluded, double highest) {
        static final Range ANY = new Range(-Double.MAX_VALUE, false, Double.MAX_VALUE);

        /** @throws IllegalArgumentException if the range holds nothing */
        public Range {
            if (!(lowest <= highest)) {
                throw new IllegalArgumentException("a range from " + lowest + " to " + highest);
            }
        }

        boolean holds(double value) {
            return (lowestExcluded ? value > lowest : value >= lowest) && value <= highest && fitsArithmetic(value);
        }

        @Override
        public String toString() {
            if (equals(ANY)) {
                return "a finite number";
            }
            String from = "a number " + (lowestExcluded ? "above " : "of at least ") + numberText(lowest);
            return highest == Double.MAX_VALUE ? from : from + " and at most " + numberText(highest);
        }
    }

    /** Whether f32 can tell the value from 0 and from infinity. */
    public static boolean fitsArithmetic(double value) {
        float rounded = (float) value;
        return Float.isFinite(rounded) && (rounded == 0) == (value == 0);
    }

    /** @throws IllegalArgumentException if the default is none of the values that the parameter accepts */
    public Param {
        choices = List.copyOf(choices);
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a parameter without a name");
        }
        if ((kind == Kind.CHOICE) != !choices.isEmpty()) {
            throw new IllegalArgumentException(name + " is a " + kind + " with the choices " + choices);
        }
        if (!required && !holds(kind, range, choices, defaultValue)) {
            throw new IllegalArgumentException(name + " does not accept its default " + defaultValue);
        }
    }

    /** Names differ among the parameters of a method, and settings look one up for every tensor. */
    @Override
    public int hashCode() {
        return name.hashCode();
    }

    /** A number for each expert that every config has to give. */
    public static Param perExpert(String name) {
        return number(name, Scope.PER_EXPERT, 0).asRequired();
    }

    /** A number for each expert. */
    public static Param perExpert(String name, double defaultValue) {
        return number(name, Scope.PER_EXPERT, defaultValue);
    }

    /** A number for the whole merge. */
    public static Param global(String name, double defaultValue) {
        return number(name, Scope.GLOBAL, defaultValue);
    }

    /** A yes or no for the whole merge: {@code true}, {@code false} or a number, where 0 is no, as in mergekit. */
    public static Param flag(String name, boolean defaultValue) {
        return new Param(name, Scope.GLOBAL, Kind.FLAG, false, defaultValue ? 1 : 0, Range.ANY, List.of(), "", "");
    }

    /**
     * One of a few words for the whole merge, the first of them by default. Where "true" and "false" are among them, a
     * config may write them as booleans or as 1 and 0.
     */
    public static Param choice(String name, String first, String... others) {
        List<String> choices =
                Stream.concat(Stream.of(first), Stream.of(others)).toList();
        return new Param(name, Scope.GLOBAL, Kind.CHOICE, false, 0, Range.ANY, choices, "", "");
    }

    /** The same parameter, to be given by every config. */
    public Param asRequired() {
        return new Param(name, scope, kind, true, defaultValue, range, choices, help, ignoredBecause);
    }

    /** The same parameter, refused at {@code lowest} and below. */
    public Param above(double lowest) {
        return in(new Range(lowest, true, range.highest()));
    }

    /** The same parameter, refused below {@code lowest} and above {@code highest}. */
    public Param within(double lowest, double highest) {
        return in(new Range(lowest, false, highest));
    }

    /** The same parameter with a phrase on what it is for. */
    public Param help(String phrase) {
        return new Param(name, scope, kind, required, defaultValue, range, choices, phrase, ignoredBecause);
    }

    /** The same parameter, accepted for the sake of other tools' configs and without any effect. */
    public Param ignored(String because) {
        return new Param(name, scope, kind, required, defaultValue, range, choices, help, because);
    }

    /** Whether the parameter has no effect. */
    public boolean isIgnored() {
        return !ignoredBecause.isEmpty();
    }

    /** Whether it is the share of elements to keep, of which 1 and more is all. */
    public boolean isShare() {
        return SHARES.contains(name);
    }

    /** Whether {@code value} may be this parameter's. */
    public boolean accepts(double value) {
        return holds(kind, range, choices, value);
    }

    /** What a config may write, as the end of "expected ...". */
    public String accepted() {
        return switch (kind) {
            case NUMBER -> range.toString();
            case FLAG -> "true or false";
            case CHOICE -> "one of " + String.join(", ", choices);
        };
    }

    /** The default as a config would write it, or "" where there is none. */
    public String defaultText() {
        return required ? "" : textOf(defaultValue);
    }

    /** A value of this parameter as a config would write it. */
    public String textOf(double value) {
        return switch (kind) {
            case NUMBER -> numberText(value);
            case FLAG -> String.valueOf(value != 0);
            case CHOICE -> choices.get((int) value);
        };
    }

    /** What a value of this parameter is to other programs: a number, a boolean, a word. */
    public Object of(double value) {
        return switch (kind) {
            case NUMBER -> value;
            case FLAG -> value != 0;
            case CHOICE -> textOf(value);
        };
    }

    /** The place of {@code word} among the choices, which is its value, if it is one. */
    public OptionalInt placeOf(String word) {
        int place = choices.indexOf(word);
        return place < 0 ? OptionalInt.empty() : OptionalInt.of(place);
    }

    /** 1 rather than 1.0, as people write it. */
    private static String numberText(double value) {
        return value == (long) value ? Long.toString((long) value) : Double.toString(value);
    }

    private Param in(Range range) {
        return new Param(name, scope, kind, required, defaultValue, range, choices, help, ignoredBecause);
    }

    private static Param number(String name, Scope scope, double defaultValue) {
        return new Param(name, scope, Kind.NUMBER, false, defaultValue, Range.ANY, List.of(), "", "");
    }

    private static boolean holds(Kind kind, Range range, List<String> choices, double value) {
        return switch (kind) {
            case NUMBER -> range.holds(value);
            case FLAG -> value == 0 || value == 1;
            case CHOICE -> value == (int) value && value >= 0 && value < choices.size();
        };
    }
}
