package org.weir.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.weir.checkpoint.ConfigJson;

/**
 * What the result's config.json says otherwise than the donor's.
 *
 * @param layers how many there are, where slices were stacked
 * @param layerLists the lists with something for each layer, by name
 * @param vocabulary how many tokens there are, where the models' vocabularies were brought together
 * @param untied whether the head is no longer the embedding
 */
public record ResultConfig(
        OptionalInt layers, Map<String, List<String>> layerLists, OptionalLong vocabulary, boolean untied) {

    public ResultConfig {
        layerLists = Map.copyOf(layerLists);
    }

    static ResultConfig of(MergeConfig config, List<SliceModels> slices, OptionalLong vocabulary) {
        boolean untied =
                slices.stream().anyMatch(slice -> !slice.untied().isEmpty() || slice.isUntiedBy(slices.getLast()));
        if (!config.isStack()) {
            return new ResultConfig(OptionalInt.empty(), Map.of(), vocabulary, untied);
        }
        int layers = config.slices().stream()
                .mapToInt(slice -> slice.layers().orElseThrow().count())
                .sum();
        Map<String, List<String>> lists = new HashMap<>();
        for (SliceModels slice : slices) {
            ModelEntry.Layers taken = slice.donor().run().orElseThrow().layers();
            slice.donor().layout().layerLists().forEach((name, items) -> {
                List<String> part =
                        items.subList(Math.min(taken.from(), items.size()), Math.min(taken.to(), items.size()));
                lists.computeIfAbsent(name, _ -> new ArrayList<>()).addAll(part);
            });
        }
        lists.values().removeIf(items -> items.size() != layers);
        return new ResultConfig(OptionalInt.of(layers), lists, vocabulary, untied);
    }

    /** What stays wrong in the config: lists for each layer that some slice's model has none of, so that they cannot follow. */
    Optional<String> note(Input donor) {
        if (layers.isEmpty()) {
            return Optional.empty();
        }
        Map<String, List<String>> lists = new TreeMap<>(new ModelLayout(donor.checkpoint()).layerLists());
        lists.keySet().removeAll(layerLists.keySet());
        return lists.isEmpty()
                ? Optional.empty()
                : Optional.of("config.json: " + String.join(", ", lists.keySet()) + " stays as in " + donor.reference()
                        + ", with " + lists.values().iterator().next().size() + " entries for " + layers.getAsInt()
                        + " layers, because not every model in the slices has such a list; mend it by hand");
    }

    /** The donor's config with all of it. */
    public ConfigJson applied(ConfigJson donor) {
        ConfigJson result = layers.isPresent() ? donor.withLayers(layers.getAsInt(), layerLists) : donor;
        ConfigJson sized = vocabulary.isPresent() ? result.withVocabulary(vocabulary.getAsLong()) : result;
        return untied ? sized.withTied(false) : sized;
    }
}
