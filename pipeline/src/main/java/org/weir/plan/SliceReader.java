package org.weir.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads what is merged: {@code models}, or {@code slices} of layers. */
final class SliceReader {
    private static final Set<String> SLICE = Set.of("sources", "parameters", "base_model", "residual_weight");
    private static final Set<String> SOURCE = Set.of("model", "layer_range", "parameters", "statistics");
    private static final Set<String> MODEL = Set.of("model", "parameters", "statistics");

    private final ConfigProblems problems;
    private final FieldReader fields;
    private final ModelReader models;
    private final SettingReader settings;

    SliceReader(ConfigProblems problems, FieldReader fields, ModelReader models, SettingReader settings) {
        this.problems = problems;
        this.fields = fields;
        this.models = models;
        this.settings = settings;
    }

    /**
     * The slices, or problems.
     *
     * @param owner the config, or its module
     * @param path of the owner, "" or ended by a dot
     * @param base the config's, for the slices that have none of their own
     */
    List<SliceEntry> slices(Yaml.Fields owner, String path, Optional<ModelEntry> base) {
        Optional<Yaml.Field> list = fields.present(owner, "models");
        Optional<Yaml.Field> slices = fields.present(owner, "slices");
        if (list.isPresent() && slices.isPresent()) {
            problems.add(slices.get().line(), "models and slices exclude each other; keep one of them");
        }
        if (slices.isPresent()) {
            return slices(slices.get(), path + "slices", base);
        }
        if (list.isEmpty()) {
            problems.add(owner.line(), "no models; list them under " + path + "models:, each as '- model: PATH'");
        }
        List<ModelEntry> entries = list.map(field -> entries(field, path + "models", MODEL, "a list of models"))
                .orElse(List.of());
        return entries.isEmpty() ? List.of() : List.of(new SliceEntry(entries, base, Map.of()));
    }

    /** The model that a field such as {@code base_model} names. */
    Optional<ModelEntry> base(Yaml.Fields owner, String path) {
        return fields.present(owner, "base_model")
                .flatMap(field -> models.reference(field.value(), path + "base_model")
                        .map(model ->
                                new ModelEntry(model, field.line(), Map.of(), Optional.empty(), Optional.empty())));
    }

    private List<SliceEntry> slices(Yaml.Field field, String path, Optional<ModelEntry> base) {
        List<SliceEntry> slices = new ArrayList<>();
        List<Yaml> items = items(field, path, "a list of slices");
        for (int i = 0; i < items.size(); i++) {
            String slice = path + "[" + i + "]";
            mapping(items.get(i), slice, "- sources: [...]")
                    .flatMap(found -> slice(found, slice, base))
                    .ifPresent(slices::add);
        }
        return slices;
    }

    private Optional<SliceEntry> slice(Yaml.Fields slice, String path, Optional<ModelEntry> base) {
        fields.requireKnown(slice, path, SLICE);
        Map<String, Setting> parameters = settings.parameters(slice, path + ".");
        Optional<ModelEntry> own = base(slice, path + ".").or(() -> base);
        Optional<Yaml.Field> list = fields.present(slice, "sources");
        if (list.isEmpty()) {
            problems.add(slice.line(), path + " has no sources; list them as '- {model: PATH, layer_range: [0, 8]}'");
            return Optional.empty();
        }
        List<ModelEntry> sources = entries(list.get(), path + ".sources", SOURCE, "a list of sources");
        requireSameCount(sources, path);
        return sources.isEmpty() ? Optional.empty() : Optional.of(new SliceEntry(sources, own, parameters));
    }

    private void requireSameCount(List<ModelEntry> sources, String path) {
        Set<Integer> counts = new HashSet<>();
        for (ModelEntry source : sources) {
            source.layers().ifPresent(layers -> counts.add(layers.count()));
            if (counts.size() > 1) {
                problems.add(
                        source.line(),
                        path + ": the layer_range " + source.layers().orElseThrow() + " is not as long as "
                                + sources.getFirst().layers().orElseThrow()
                                + "; all sources of a slice give the same number of layers");
                return;
            }
        }
    }

    private List<ModelEntry> entries(Yaml.Field field, String path, Set<String> known, String expected) {
        List<ModelEntry> entries = new ArrayList<>();
        List<Yaml> items = items(field, path, expected);
        for (int i = 0; i < items.size(); i++) {
            entry(items.get(i), path + "[" + i + "]", known).ifPresent(entries::add);
        }
        return entries;
    }

    private Optional<ModelEntry> entry(Yaml item, String path, Set<String> known) {
        Optional<Yaml.Fields> mapping = mapping(item, path, "- model: PATH");
        if (mapping.isEmpty()) {
            return Optional.empty();
        }
        Yaml.Fields entry = mapping.get();
        fields.requireKnown(entry, path, known);
        Map<String, Setting> parameters = settings.parameters(entry, path + ".");
        Optional<ModelEntry.Layers> layers = known.contains("layer_range") ? layers(entry, path) : Optional.empty();
        Optional<Yaml.Field> model = fields.present(entry, "model");
        if (model.isEmpty()) {
            problems.add(entry.line(), path + " has no model; write '- model: PATH'");
        }
        Optional<String> statistics = fields.present(entry, "statistics")
                .flatMap(field -> models.reference(field.value(), path + ".statistics"));
        return model.flatMap(field -> models.reference(field.value(), path + ".model"))
                .map(reference -> new ModelEntry(reference, entry.line(), parameters, layers, statistics));
    }

    /** {@code layer_range: [from, to]}, the second not included. */
    private Optional<ModelEntry.Layers> layers(Yaml.Fields source, String path) {
        Optional<Yaml.Field> field = fields.present(source, "layer_range");
        if (field.isEmpty()) {
            problems.add(
                    source.line(),
                    path + " has no layer_range; write the first layer and the one after the last: [0, 8]");
            return Optional.empty();
        }
        List<Integer> ends = field.get().value() instanceof Yaml.Items list
                ? list.items().stream().flatMap(SliceReader::layer).toList()
                : List.of();
        boolean two =
                field.get().value() instanceof Yaml.Items list && list.items().size() == 2;
        if (!two || ends.size() != 2 || ends.get(0) >= ends.get(1)) {
            problems.add(
                    field.get().line(),
                    path + ".layer_range: found " + written(field.get().value())
                            + ", expected the first layer and the one after the last, such as [0, 8]");
            return Optional.empty();
        }
        return Optional.of(new ModelEntry.Layers(ends.get(0), ends.get(1)));
    }

    /** As in the file if it is a list of words. */
    private static String written(Yaml value) {
        return value instanceof Yaml.Items list && list.items().stream().allMatch(Yaml.Text.class::isInstance)
                ? OneLine.quoted(list.items().stream()
                        .map(item -> ((Yaml.Text) item).text())
                        .collect(Collectors.joining(", ", "[", "]")))
                : value.description();
    }

    private static Stream<Integer> layer(Yaml value) {
        boolean number = value instanceof Yaml.Text text && text.text().matches("[0-9]{1,6}");
        return number ? Stream.of(Integer.valueOf(((Yaml.Text) value).text())) : Stream.empty();
    }

    private List<Yaml> items(Yaml.Field field, String path, String expected) {
        if (field.value() instanceof Yaml.Items list && !list.items().isEmpty()) {
            return list.items();
        }
        problems.add(field.value().line(), path + ": found " + field.value().description() + ", expected " + expected);
        return List.of();
    }

    private Optional<Yaml.Fields> mapping(Yaml item, String path, String expected) {
        if (item instanceof Yaml.Fields mapping) {
            return Optional.of(mapping);
        }
        problems.add(item.line(), path + ": found " + item.description() + ", expected a mapping: '" + expected + "'");
        return Optional.empty();
    }
}
