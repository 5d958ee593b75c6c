package org.weir.plan;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A YAML document as plain values that know their line: aliases are replaced, merge keys are merged. */
sealed interface Yaml {
    /** The line of its first character, from 1. */
    int line();

    /** What it is, as the end of "found ...". */
    String description();

    /** One scalar. What it means is for the reader to say: YAML's types are of no use where the schema knows better. */
    record Text(String text, boolean plain, int line) implements Yaml {
        private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");

        /** Whether nothing was written. */
        boolean isNull() {
            return plain && NULLS.contains(text);
        }

        @Override
        public String description() {
            return isNull() ? "nothing" : OneLine.quoted(text);
        }
    }

    /** A sequence. */
    record Items(List<Yaml> items, int line) implements Yaml {
        /** Copies the list. */
        public Items {
            items = List.copyOf(items);
        }

        @Override
        public String description() {
            return items.isEmpty() ? "an empty list" : "a list";
        }
    }

    /** A mapping, in the order of the file. */
    record Fields(Map<String, Field> byKey, int line) implements Yaml {
        /** The entry of this key, if there is one. */
        Optional<Field> field(String key) {
            return Optional.ofNullable(byKey.get(key));
        }

        @Override
        public String description() {
            return "a mapping";
        }
    }

    /** One entry of a mapping; the line is that of its key. */
    record Field(String key, Yaml value, int line) {}
}
