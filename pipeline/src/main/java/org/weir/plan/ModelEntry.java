package org.weir.plan;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A model that a config names, with the parameters given to it alone.
 *
 * @param model a path or a name in the hub cache, with {@code @revision} where one is given
 * @param line where the entry starts, from 1
 */
public record ModelEntry(String model, int line, Map<String, Setting> parameters) {
    /** Copies the parameters, in their order. */
    public ModelEntry {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }
}
