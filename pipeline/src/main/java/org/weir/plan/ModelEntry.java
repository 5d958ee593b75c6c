package org.weir.plan;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A model that a config names, with the parameters given to it alone.
 *
 * @param model a path or a name in the hub cache, with {@code @revision} where one is given
 * @param line where the entry starts, from 1
 * @param layers which of its layers are meant, where the config lists slices
 * @param statistics a path like {@code model}, to what was measured of it
 */
public record ModelEntry(
        String model, int line, Map<String, Setting> parameters, Optional<Layers> layers, Optional<String> statistics) {

    /** Layers of a model from one to before another, counted from 0. */
    public record Layers(int from, int to) {
        /** @throws IllegalArgumentException if there is no such layer */
        public Layers {
            if (from < 0 || to <= from) {
                throw new IllegalArgumentException("layers " + from + " to " + to);
            }
        }

        /** How many. */
        public int count() {
            return to - from;
        }

        /** As a config writes it. */
        @Override
        public String toString() {
            return "[" + from + ", " + to + "]";
        }
    }

    /** Copies the parameters, in their order. */
    public ModelEntry {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }
}
