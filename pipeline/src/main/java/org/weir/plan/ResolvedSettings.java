package org.weir.plan;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.weir.method.Param;
import org.weir.method.Settings;

/**
 * What the config comes to for one tensor or many: after the lookup through its levels, filters, gradients and defaults.
 *
 * @param base what deltas are taken from, as the config names it
 * @param models what is merged, in order, as the config names it
 * @param values one per model, or a single one for a global parameter
 */
public record ResolvedSettings(Optional<String> base, List<String> models, Map<Param, List<Object>> values) {

    static ResolvedSettings of(Settings settings, SliceModels slice, List<Integer> present) {
        List<String> models = present.stream()
                .map(expert -> slice.experts().get(expert).input().reference())
                .toList();
        return new ResolvedSettings(
                slice.origin().map(origin -> origin.input().reference()), models, settings.values());
    }
}
