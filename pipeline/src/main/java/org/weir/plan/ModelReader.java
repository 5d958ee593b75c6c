package org.weir.plan;

import java.util.Optional;
import java.util.Set;

/** Reads references to models: {@code path[@revision]}, or mergekit's mappings that say the same. */
final class ModelReader {
    private static final Set<String> NOT_YET = Set.of("lora", "override_architecture");
    private static final Set<String> NESTED = Set.of("model", "lora", "override_architecture");
    private static final Set<String> LOCATED = Set.of("path", "revision");
    /** What a mapping may hold that is neither of the two yet. */
    private static final Set<String> EITHER = Set.of("model", "lora", "override_architecture", "path", "revision");

    private static final String WITHOUT = ": a mapping without model or path";

    private final ConfigProblems problems;
    private final FieldReader fields;

    ModelReader(ConfigProblems problems, FieldReader fields) {
        this.problems = problems;
        this.fields = fields;
    }

    /** The reference as one string, or problems. */
    Optional<String> reference(Yaml value, String path) {
        return switch (value) {
            case Yaml.Text text -> reference(text, path);
            case Yaml.Fields mapping when mapping.byKey().containsKey("path") -> located(mapping, path);
            case Yaml.Fields mapping -> nested(mapping, path);
            case Yaml.Items items -> {
                problems.add(items.line(), path + ": found " + items.description() + ", expected a path");
                yield Optional.empty();
            }
        };
    }

    private Optional<String> reference(Yaml.Text text, String path) {
        if (text.isNull() || text.text().isBlank()) {
            problems.add(text.line(), path + ": found " + text.description() + ", expected a path");
            return Optional.empty();
        }
        if (text.text().contains("+")) {
            problems.add(
                    text.line(),
                    path + ": " + OneLine.quoted(text.text())
                            + " means a model with a LoRA added after the '+', which is not supported yet;"
                            + " where the '+' is part of the path, write {path: ...}");
            return Optional.empty();
        }
        return Optional.of(text.text());
    }

    /** {@code {model: ..., lora: ..., override_architecture: ...}}, of which only the first can be honoured. */
    private Optional<String> nested(Yaml.Fields mapping, String path) {
        for (Yaml.Field field : mapping.byKey().values()) {
            if (NOT_YET.contains(field.key())
                    && fields.present(mapping, field.key()).isPresent()) {
                problems.add(field.line(), path + "." + field.key() + " is not supported yet");
            }
        }
        fields.requireKnown(mapping, path, mapping.byKey().containsKey("model") ? NESTED : EITHER);
        Optional<Yaml.Field> model = fields.present(mapping, "model");
        if (model.isEmpty()) {
            problems.add(mapping.line(), path + WITHOUT);
        }
        return model.flatMap(field -> switch (field.value()) {
            case Yaml.Fields inner -> located(inner, path + ".model");
            case Yaml.Text text -> reference(text, path + ".model");
            case Yaml.Items items -> reference(items, path + ".model");
        });
    }

    /** {@code {path: ..., revision: ...}}. Here a '+' is no more than a character. */
    private Optional<String> located(Yaml.Fields mapping, String path) {
        fields.requireKnown(mapping, path, LOCATED);
        Optional<String> place = fields.present(mapping, "path").flatMap(field -> fields.text(field, path + ".path"));
        Optional<String> revision =
                fields.present(mapping, "revision").flatMap(field -> fields.text(field, path + ".revision"));
        if (fields.present(mapping, "path").isEmpty()) {
            problems.add(mapping.line(), path + WITHOUT);
        }
        return place.map(found -> revision.map(name -> found + "@" + name).orElse(found));
    }
}
