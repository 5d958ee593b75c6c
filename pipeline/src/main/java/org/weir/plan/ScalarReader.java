package org.weir.plan;

import java.util.OptionalDouble;
import java.util.regex.Pattern;
import org.weir.method.Param;

/** Reads one written word as a parameter's value: YAML 1.2's words, and pydantic's leave to put numbers in quotes. */
final class ScalarReader {
    private static final Pattern NUMBER = Pattern.compile("[-+]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][-+]?\\d+)?");
    /** 15 to mergekit's YAML 1.1, 17 to YAML 1.2: nobody should have to know. */
    private static final Pattern OCTAL = Pattern.compile("[-+]?0\\d+");

    private static final Pattern TRUE = Pattern.compile("true|True|TRUE");
    private static final Pattern FALSE = Pattern.compile("false|False|FALSE");

    private ScalarReader() {}

    /** The value, if the word is one that the parameter accepts. */
    static OptionalDouble read(Param param, Setting.Scalar scalar) {
        OptionalDouble number = number(scalar);
        OptionalDouble value = switch (param.kind()) {
            case NUMBER -> number;
            case FLAG -> number.isPresent() ? OptionalDouble.of(number.getAsDouble() == 0 ? 0 : 1) : number;
            case CHOICE -> choice(param, scalar, number);
        };
        return value.isPresent() && param.accepts(value.getAsDouble()) ? value : OptionalDouble.empty();
    }

    /** What to say of a word that is refused. */
    static String refusal(Param param, Setting.Scalar scalar) {
        return "found " + OneLine.quoted(scalar.text()) + ", expected " + param.accepted() + hint(param, scalar);
    }

    private static String hint(Param param, Setting.Scalar scalar) {
        if (OCTAL.matcher(scalar.text()).matches()) {
            return " (without leading zeros: YAML 1.1 reads them as octal, YAML 1.2 does not)";
        }
        OptionalDouble number = number(scalar);
        return param.kind() == Param.Kind.NUMBER && number.isPresent() && !Param.fitsArithmetic(number.getAsDouble())
                ? " that f32 can hold, since all arithmetic is f32"
                : "";
    }

    private static OptionalDouble choice(Param param, Setting.Scalar scalar, OptionalDouble number) {
        String word = scalar.text();
        if (number.isPresent()) {
            double value = number.getAsDouble();
            word = value == 1 ? "true" : value == 0 ? "false" : word;
        }
        var place = param.placeOf(word);
        return place.isPresent() ? OptionalDouble.of(place.getAsInt()) : OptionalDouble.empty();
    }

    /** Booleans are 1 and 0 as in mergekit, but not in quotes; what overflows is no number. */
    private static OptionalDouble number(Setting.Scalar scalar) {
        String text = scalar.plain() ? scalar.text() : scalar.text().strip();
        if (scalar.plain() && TRUE.matcher(text).matches()) {
            return OptionalDouble.of(1);
        }
        if (scalar.plain() && FALSE.matcher(text).matches()) {
            return OptionalDouble.of(0);
        }
        if (!NUMBER.matcher(text).matches() || OCTAL.matcher(text).matches()) {
            return OptionalDouble.empty();
        }
        double value = Double.parseDouble(text);
        return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
    }
}
