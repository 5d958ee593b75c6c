package org.weir.plan;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.weir.method.MethodInfo.BaseRole;

/**
 * A run of layers of the result, and the models that it is merged from. A config with {@code models:} is one slice of all
 * layers.
 *
 * @param sources in the order of the file; a model listed twice is here twice
 * @param baseModel the slice's own, else the config's; without parameters of its own
 * @param parameters those of the slice
 */
public record SliceEntry(List<ModelEntry> sources, Optional<ModelEntry> baseModel, Map<String, Setting> parameters) {

    /** @throws IllegalArgumentException if there is no source */
    public SliceEntry {
        sources = List.copyOf(sources);
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        if (sources.isEmpty()) {
            throw new IllegalArgumentException("a slice without sources");
        }
    }

    /** The layers of the first source, as many as the slice has; none where the slice is the whole model. */
    public Optional<ModelEntry.Layers> layers() {
        return sources.getFirst().layers();
    }

    /**
     * The inputs that a method merges, in order. To a method that takes differences the base is none of them, listed or
     * not; to the others it is one: where it is listed, else the last, but in a slice of layers only where it is listed; to
     * some always the first.
     */
    public List<ModelEntry> experts(BaseRole role) {
        return switch (role) {
            case ORIGIN, OPTIONAL_ORIGIN ->
                sources.stream().filter(entry -> !isBase(entry)).toList();
            case FIRST ->
                Stream.concat(
                                listedBase().or(() -> layers().isPresent() ? Optional.empty() : baseModel).stream(),
                                sources.stream().filter(entry -> !isBase(entry)))
                        .toList();
            case SUMMAND -> {
                boolean complete = layers().isPresent()
                        || baseModel.isEmpty()
                        || listedBase().isPresent();
                yield complete
                        ? sources
                        : Stream.concat(sources.stream(), baseModel.stream()).toList();
            }
        };
    }

    /** The base among the sources, with its layers. */
    Optional<ModelEntry> listedBase() {
        return sources.stream().filter(this::isBase).findFirst();
    }

    /** Whether the entry is the base, by the same reference. */
    public boolean isBase(ModelEntry entry) {
        return baseModel.isPresent() && baseModel.get().model().equals(entry.model());
    }
}
