package org.weir.engine;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.weir.method.Param;
import org.weir.plan.FusedStep;
import org.weir.plan.MergePlan;
import org.weir.plan.MergedTensor;
import org.weir.plan.ResolvedSettings;
import org.weir.plan.TensorPlan;

/** What the config comes to for each tensor, in a manifest: different settings once each, and tensors by their number. */
final class SettingsList {
    private final MergePlan plan;
    /** By identity: equal ones of a plan are the same object, and to compare them takes long where experts are many. */
    private final IdentityHashMap<ResolvedSettings, Integer> numbers = new IdentityHashMap<>();

    /** By their numbers, those of fused steps included. */
    private final List<Entry> entries = new ArrayList<>();

    private record Entry(Optional<String> step, String method, ResolvedSettings settings) {}

    SettingsList(MergePlan plan) {
        this.plan = plan;
        plan.tensors().forEach(this::of);
    }

    /** What to say of a tensor: the number of its own settings, and those of the steps that are computed as it is read. */
    Map<String, Object> of(TensorPlan tensor) {
        Map<String, Object> json = new LinkedHashMap<>();
        number(Optional.empty(), plan, tensor).ifPresent(own -> json.put("settings", own));
        if (tensor instanceof MergedTensor merged && !merged.fused().isEmpty()) {
            List<Integer> steps = ofSteps(plan, tensor).distinct().toList();
            if (!steps.isEmpty()) {
                json.put("settingsOfSteps", steps);
            }
        }
        return json;
    }

    private Stream<Integer> ofSteps(MergePlan of, TensorPlan tensor) {
        if (!(tensor instanceof MergedTensor merged)) {
            return Stream.empty();
        }
        return IntStream.range(0, (int) merged.inputs().count())
                .mapToObj(merged.fused()::get)
                .flatMap(Stream::ofNullable)
                .flatMap(input -> {
                    MergePlan step = of.fused().stream()
                            .filter(fused -> fused.name().equals(input.step()))
                            .map(FusedStep::plan)
                            .findFirst()
                            .orElseThrow();
                    return Stream.concat(
                            number(Optional.of(input.step()), step, input.tensor()).stream(),
                            ofSteps(step, input.tensor()));
                });
    }

    private Optional<Integer> number(Optional<String> step, MergePlan of, TensorPlan tensor) {
        return Optional.ofNullable(of.settings().get(tensor.output().name()))
                .map(settings -> numbers.computeIfAbsent(settings, _ -> {
                    entries.add(new Entry(step, of.method().name(), settings));
                    return numbers.size();
                }));
    }

    Stream<Map<String, Object>> entries() {
        return entries.stream().map(SettingsList::json);
    }

    private static Map<String, Object> json(Entry entry) {
        Map<String, Object> json = new LinkedHashMap<>();
        entry.step().ifPresent(name -> json.put("ofStep", name));
        json.put("method", entry.method());
        entry.settings().base().ifPresent(base -> json.put("base", base));
        json.put("parameters", chosen(entry.settings(), Param.Scope.GLOBAL, List::getFirst));
        List<Map<String, Object>> models = new ArrayList<>();
        for (int i = 0; i < entry.settings().models().size(); i++) {
            int expert = i;
            Map<String, Object> model = new LinkedHashMap<>();
            model.put("model", entry.settings().models().get(i));
            model.put("parameters", chosen(entry.settings(), Param.Scope.PER_EXPERT, all -> all.get(expert)));
            models.add(model);
        }
        json.put("models", models);
        return json;
    }

    private static Map<String, Object> chosen(
            ResolvedSettings settings, Param.Scope scope, Function<List<Object>, Object> value) {
        Map<String, Object> json = new LinkedHashMap<>();
        settings.values().forEach((param, all) -> {
            if (param.scope() == scope) {
                json.put(param.name(), value.apply(all));
            }
        });
        return json;
    }
}
