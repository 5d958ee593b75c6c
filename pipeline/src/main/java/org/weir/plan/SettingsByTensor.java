package org.weir.plan;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.weir.method.Settings;

/** What the config comes to for each tensor. Of very many tensors few differ in it: equal settings are one object. */
final class SettingsByTensor {
    private final List<SliceModels> slices;
    private final Map<ResolvedSettings, ResolvedSettings> distinct = new HashMap<>();
    private final Map<String, ResolvedSettings> byTensor = new HashMap<>();
    private Optional<Known> known = Optional.empty();

    /** What the tensor before came to. */
    private record Known(int slice, Settings settings, ResolvedSettings resolved) {}

    SettingsByTensor(List<SliceModels> slices) {
        this.slices = slices;
    }

    /** @param present the experts of the slice that have the tensor */
    void put(String tensor, int slice, Settings settings, List<Integer> present) {
        // Mostly that is the same for tensors that follow one another, which is seen sooner than built.
        if (known.isEmpty()
                || known.get().slice() != slice
                || !known.get().settings().hasValuesOf(settings)) {
            ResolvedSettings resolved = ResolvedSettings.of(settings, slices.get(slice), present);
            known = Optional.of(new Known(slice, settings, distinct.computeIfAbsent(resolved, same -> same)));
        }
        byTensor.put(tensor, known.get().resolved());
    }

    /** For those tensors that were put in. */
    Map<String, ResolvedSettings> all() {
        return byTensor;
    }
}
