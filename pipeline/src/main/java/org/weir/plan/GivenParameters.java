package org.weir.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.weir.method.Param;

/** What a config gives of a method's parameters to one slice, in mergekit's order of lookup. */
final class GivenParameters {
    private final List<ModelEntry> experts;
    /** For each expert, by parameter name. */
    private final List<Map<String, SettingValues>> own = new ArrayList<>();
    /** For all, by parameter name: the slice's, the module's, the config's. */
    private final List<Map<String, SettingValues>> common;
    /** What was asked for before: for each expert, and last for none. */
    private final List<Map<String, List<SettingValues>>> known = new ArrayList<>();

    private final boolean sameForAllTensors;

    /** @param common for all, from the nearest to the farthest */
    GivenParameters(
            MergeConfig config,
            SliceEntry slice,
            List<ModelEntry> experts,
            ParameterReader reader,
            List<Map<String, SettingValues>> common) {
        this.experts = experts;
        this.common = common;
        Map<ModelEntry, Map<String, SettingValues>> byEntry = new HashMap<>();
        for (ModelEntry entry : slice.sources()) {
            byEntry.put(entry, reader.ofModel(entry.parameters(), config.label(entry)));
        }
        experts.forEach(expert -> own.add(byEntry.getOrDefault(expert, Map.of())));
        IntStream.rangeClosed(0, experts.size()).forEach(_ -> known.add(new HashMap<>()));
        this.sameForAllTensors = all().stream()
                .flatMap(level -> level.values().stream())
                .flatMap(values -> values.cases().stream())
                .allMatch(each -> each.rule().filter().isEmpty() && !each.rule().gradient());
    }

    /** The inputs in order. */
    List<ModelEntry> experts() {
        return experts;
    }

    /** Where to look for a parameter of the whole merge: the settings for all. */
    List<SettingValues> levels(Param global) {
        return known.getLast().computeIfAbsent(global.name(), name -> at(name, common.stream()));
    }

    /** Where to look for a parameter of one expert: its own settings, then those for all. */
    List<SettingValues> levels(Param perExpert, int expert) {
        return known.get(expert)
                .computeIfAbsent(
                        perExpert.name(), name -> at(name, Stream.concat(Stream.of(own.get(expert)), common.stream())));
    }

    private static List<SettingValues> at(String param, Stream<Map<String, SettingValues>> levels) {
        return levels.flatMap(level -> Stream.ofNullable(level.get(param))).toList();
    }

    /** Whether no value depends on a tensor's name or layer. */
    boolean isTheSameForAllTensors() {
        return sameForAllTensors;
    }

    /** All settings that count for anything, in the order of the models and then those for all. */
    List<Map<String, SettingValues>> all() {
        return Stream.concat(own.stream(), common.stream()).toList();
    }
}
