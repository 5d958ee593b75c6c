package org.weir.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.weir.method.Param;

/** What a config gives of a method's parameters, in mergekit's order of lookup. */
final class GivenParameters {
    /** For all, by parameter name. */
    private final Map<String, SettingValues> common;
    /** For each expert, by parameter name. */
    private final List<Map<String, SettingValues>> own = new ArrayList<>();

    GivenParameters(MergeConfig config, List<ModelEntry> experts, ParameterReader reader) {
        this.common = reader.ofConfig(config.parameters());
        Map<ModelEntry, Map<String, SettingValues>> byEntry = new HashMap<>();
        for (ModelEntry entry : config.models()) {
            byEntry.put(entry, reader.ofModel(entry.parameters(), config.label(entry)));
        }
        experts.forEach(expert -> own.add(byEntry.getOrDefault(expert, Map.of())));
    }

    /** Where to look for a parameter of the whole merge: the config's settings for all. */
    List<SettingValues> levels(Param global) {
        return at(global, List.of(common));
    }

    /** Where to look for a parameter of one expert: its own settings, then those for all. */
    List<SettingValues> levels(Param perExpert, int expert) {
        return at(perExpert, List.of(own.get(expert), common));
    }

    private static List<SettingValues> at(Param param, List<Map<String, SettingValues>> levels) {
        List<SettingValues> found = new ArrayList<>();
        for (Map<String, SettingValues> level : levels) {
            SettingValues values = level.get(param.name());
            if (values != null) {
                found.add(values);
            }
        }
        return found;
    }

    /** All settings that count for anything, in the order of the models and then the config's own. */
    List<Map<String, SettingValues>> all() {
        return Stream.concat(own.stream(), Stream.of(common)).toList();
    }
}
