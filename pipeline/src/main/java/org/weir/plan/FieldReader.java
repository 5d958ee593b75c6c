package org.weir.plan;

import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Takes mappings of a config apart and says what is wrong with their keys. */
final class FieldReader {
    private final ConfigProblems problems;

    FieldReader(ConfigProblems problems) {
        this.problems = problems;
    }

    /**
     * Refuses the keys that are not known here.
     *
     * @param path of the mapping, "" for the top
     */
    void requireKnown(Yaml.Fields mapping, String path, Set<String> known) {
        for (Yaml.Field field : mapping.byKey().values()) {
            if (!known.contains(field.key())) {
                problems.add(field.line(), unknown(field.key(), path, known));
            }
        }
    }

    /** The field of this name, unless nothing was written after its colon: mergekit's defaults are null. */
    Optional<Yaml.Field> present(Yaml.Fields mapping, String key) {
        return mapping.field(key).filter(field -> !isNull(field.value()));
    }

    /** The field's text, or a problem. */
    Optional<String> text(Yaml.Field field, String path) {
        if (field.value() instanceof Yaml.Text text
                && !text.isNull()
                && !text.text().isBlank()) {
            return Optional.of(text.text());
        }
        problems.add(field.line(), path + ": found " + field.value().description() + ", expected a word");
        return Optional.empty();
    }

    /** The field's mapping, or a problem. */
    Optional<Yaml.Fields> mapping(Yaml.Field field, String path) {
        if (field.value() instanceof Yaml.Fields mapping) {
            return Optional.of(mapping);
        }
        problems.add(field.line(), path + ": found " + field.value().description() + ", expected a mapping");
        return Optional.empty();
    }

    private static String unknown(String key, String path, Collection<String> known) {
        String place = path.isEmpty() ? "" : " under " + path;
        String help = DidYouMean.question(known, key)
                .orElseGet(() -> path.isEmpty() && ParameterReader.isMergekits(key)
                        ? "a parameter stands under parameters"
                        : "expected one of " + String.join(", ", new TreeSet<>(known)));
        return "unknown key " + OneLine.quoted(key) + place + "; " + help;
    }

    private static boolean isNull(Yaml value) {
        return value instanceof Yaml.Text text && text.isNull();
    }
}
