package org.weir.proof;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * A merge config of the {@code models:} form, read without a check: what parameter has which value for which tensor, written
 * from mergekit's documented order of look-up (the model's own, then the config's, then the default).
 */
record CaseConfig(Map<?, ?> root) {
    static CaseConfig read(Path file) throws IOException {
        return parse(Files.readString(file));
    }

    static CaseConfig parse(String yaml) {
        Object root = new Load(LoadSettings.builder().build()).loadFromString(yaml);
        return new CaseConfig((Map<?, ?>) root);
    }

    String method() {
        return text("merge_method").orElseThrow();
    }

    /** The models in the order of the sum: those listed, then a base that is not among them. */
    List<String> models() {
        List<String> models = new ArrayList<>();
        for (Object entry : listed()) {
            models.add((String) ((Map<?, ?>) entry).get("model"));
        }
        text("base_model").filter(base -> !models.contains(base)).ifPresent(models::add);
        return models;
    }

    Optional<String> text(String key) {
        return Optional.ofNullable((String) root.get(key));
    }

    double perModel(int model, String name, String tensor, double layer, double otherwise) {
        List<?> listed = (List<?>) root.get("models");
        Object own = model < listed.size()
                ? parameters((Map<?, ?>) listed.get(model)).get(name)
                : null;
        Double value = evaluate(own, tensor, layer);
        return value == null ? global(name, tensor, layer, otherwise) : value;
    }

    double global(String name, String tensor, double layer, double otherwise) {
        Double value = evaluate(parameters(root).get(name), tensor, layer);
        return value == null ? otherwise : value;
    }

    private List<?> listed() {
        return (List<?>) Objects.requireNonNull(root.get("models"));
    }

    private static Map<?, ?> parameters(Map<?, ?> of) {
        return of.get("parameters") instanceof Map<?, ?> given ? given : Map.of();
    }

    /** A number, a gradient over the layers, or the first of several rules whose filter is part of the tensor's name. */
    private static @Nullable Double evaluate(@Nullable Object setting, String tensor, double layer) {
        return switch (setting) {
            case null -> null;
            case Boolean flag -> flag ? 1.0 : 0.0;
            case Number number -> number.doubleValue();
            case Map<?, ?> rule -> {
                Object filter = rule.get("filter");
                boolean fits = filter == null || filter.equals("*") || tensor.contains((String) filter);
                yield fits ? evaluate(rule.get("value"), tensor, layer) : null;
            }
            case List<?> list when list.getFirst() instanceof Number -> gradient(list, layer);
            case List<?> rules -> {
                Double found = null;
                for (int i = 0; i < rules.size() && found == null; i++) {
                    found = evaluate(rules.get(i), tensor, layer);
                }
                yield found;
            }
            default -> throw new IllegalArgumentException("a setting of " + setting);
        };
    }

    private static double gradient(List<?> points, double layer) {
        double place = layer * (points.size() - 1);
        int below = (int) place;
        double from = ((Number) points.get(below)).doubleValue();
        double to = ((Number) points.get(Math.min(below + 1, points.size() - 1))).doubleValue();
        return from + (to - from) * (place - below);
    }
}
