package org.weir.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.weir.method.Param;

/** A setting as its parameter reads it: numbers, found by tensor and place between the layers. */
record SettingValues(List<Case> cases) {

    /** A rule and its numbers. */
    record Case(Setting.Rule rule, Gradient gradient) {}

    /** Copies the cases. */
    SettingValues {
        cases = List.copyOf(cases);
    }

    /** Reads all rules. Words that the parameter does not accept become problems. */
    static SettingValues read(Param param, Setting setting, String path, ConfigProblems problems) {
        return new SettingValues(setting.rules().stream()
                .map(rule -> new Case(rule, gradient(param, rule, path, problems)))
                .toList());
    }

    private static Gradient gradient(Param param, Setting.Rule rule, String path, ConfigProblems problems) {
        if (rule.gradient() && param.kind() != Param.Kind.NUMBER) {
            problems.add(
                    rule.values().getFirst().line(),
                    path + ": found a list, expected " + param.accepted() + "; only numbers change along the layers");
        }
        List<Double> points = new ArrayList<>();
        for (Setting.Scalar scalar : rule.values()) {
            OptionalDouble value = ScalarReader.read(param, scalar);
            if (value.isEmpty()) {
                problems.add(scalar.line(), path + ": " + ScalarReader.refusal(param, scalar));
            }
            // a refused rule keeps its place, so that the tensors it is for do not count as forgotten too
            points.add(value.orElse(0));
        }
        return new Gradient(points);
    }

    /** The case for a tensor of this name, if a rule matches. */
    Optional<Case> caseFor(String tensorName) {
        for (Case each : cases) { // no stream: this is asked for every tensor, parameter and model
            if (each.rule().matches(tensorName)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    /** The value for a tensor of this name at {@code t}, if a rule matches. */
    OptionalDouble at(String tensorName, double t) {
        Optional<Case> found = caseFor(tensorName);
        return found.isPresent() ? OptionalDouble.of(found.get().gradient().at(t)) : OptionalDouble.empty();
    }
}
