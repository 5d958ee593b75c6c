package org.weir.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads parameters, each a scalar, a list of scalars, or {@code {filter, value}}, one or a list of them. */
final class SettingReader {
    private final ConfigProblems problems;
    private final FieldReader fields;

    SettingReader(ConfigProblems problems, FieldReader fields) {
        this.problems = problems;
        this.fields = fields;
    }

    /** What stands under {@code parameters}, by name. */
    Map<String, Setting> parameters(Yaml.Fields owner, String prefix) {
        Map<String, Setting> read = new LinkedHashMap<>();
        String path = prefix + "parameters";
        fields.present(owner, "parameters")
                .flatMap(field -> fields.mapping(field, path))
                .ifPresent(mapping -> mapping.byKey()
                        .values()
                        .forEach(field -> setting(field, path).ifPresent(setting -> read.put(field.key(), setting))));
        return read;
    }

    private Optional<Setting> setting(Yaml.Field field, String parametersPath) {
        String path = parametersPath + "." + field.key();
        Optional<List<Setting.Rule>> rules = switch (field.value()) {
            case Yaml.Fields rule -> rule(rule, path).map(List::of);
            case Yaml.Items items
            when items.items().stream().anyMatch(Yaml.Fields.class::isInstance) -> rules(items, path);
            case Yaml.Items items ->
                rule(items, path, items.line(), Optional.empty()).map(List::of);
            case Yaml.Text text ->
                rule(text, path, field.line(), Optional.empty()).map(List::of);
        };
        return rules.map(found -> new Setting(field.line(), found));
    }

    private Optional<List<Setting.Rule>> rules(Yaml.Items items, String path) {
        List<Setting.Rule> rules = new ArrayList<>();
        for (Yaml item : items.items()) {
            if (item instanceof Yaml.Fields rule) {
                rule(rule, path).ifPresent(rules::add);
            } else {
                problems.add(
                        item.line(),
                        path + ": found " + item.description() + " among rules, expected {filter: ..., value: ...}");
            }
        }
        return rules.size() == items.items().size() ? Optional.of(rules) : Optional.empty();
    }

    private Optional<Setting.Rule> rule(Yaml.Fields mapping, String path) {
        fields.requireKnown(mapping, path, Set.of("filter", "value"));
        Optional<Yaml.Field> value = fields.present(mapping, "value");
        Optional<Yaml.Field> filter = fields.present(mapping, "filter");
        if (value.isEmpty()) {
            problems.add(mapping.line(), path + ": a rule without value; write {filter: ..., value: ...}");
            return Optional.empty();
        }
        if (filter.isPresent() && !(filter.get().value() instanceof Yaml.Text)) {
            problems.add(
                    filter.get().line(),
                    path + ".filter: found " + filter.get().value().description()
                            + ", expected part of a tensor's name");
            return Optional.empty();
        }
        Optional<String> text = filter.map(field -> ((Yaml.Text) field.value()).text());
        return rule(value.get().value(), path, mapping.line(), text);
    }

    private Optional<Setting.Rule> rule(Yaml value, String path, int line, Optional<String> filter) {
        boolean gradient = value instanceof Yaml.Items;
        List<Yaml> points = value instanceof Yaml.Items items ? items.items() : List.of(value);
        List<Setting.Scalar> scalars = new ArrayList<>();
        for (Yaml point : points) {
            if (point instanceof Yaml.Text text && !text.isNull()) {
                scalars.add(new Setting.Scalar(text.text(), text.plain(), text.line()));
            } else {
                problems.add(point.line(), path + ": found " + point.description() + ", expected a value");
            }
        }
        if (points.isEmpty()) {
            problems.add(value.line(), path + ": found an empty list, expected a value");
        }
        boolean whole = !points.isEmpty() && scalars.size() == points.size();
        return whole ? Optional.of(new Setting.Rule(line, filter, scalars, gradient)) : Optional.empty();
    }
}
