package org.weir.plan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.weir.checkpoint.DType;

/** Reads a config against mergekit's schema, strictly: what it does not understand is a problem and not a surprise. */
final class ConfigReader {
    private static final Set<String> KEYS =
            Set.of("merge_method", "models", "base_model", "parameters", "dtype", "out_dtype");
    private static final Set<String> LATER =
            Set.of("slices", "modules", "tokenizer", "tokenizer_source", "chat_template", "name");
    private static final Map<String, DType> DTYPES =
            Map.of("float32", DType.F32, "float16", DType.F16, "bfloat16", DType.BF16);

    private final ConfigProblems problems;
    private final FieldReader fields;
    private final ModelReader models;
    private final SettingReader settings;

    private ConfigReader(ConfigProblems problems) {
        this.problems = problems;
        this.fields = new FieldReader(problems);
        this.models = new ModelReader(problems, fields);
        this.settings = new SettingReader(problems, fields);
    }

    static MergeConfig read(Path file, String source) throws PlanException {
        ConfigProblems problems = new ConfigProblems(file);
        Optional<Yaml> root = YamlReader.read(source, problems);
        if (root.isPresent() && root.get() instanceof Yaml.Fields top) {
            return new ConfigReader(problems).config(file, source, top);
        }
        problems.add(
                root.map(Yaml::line).orElse(0),
                "found " + root.map(Yaml::description).orElse("nothing")
                        + ", expected a config, such as merge_method: linear");
        throw problems.exception();
    }

    private MergeConfig config(Path file, String source, Yaml.Fields top) throws PlanException {
        fields.requireKnown(top, "", KEYS, LATER);
        Optional<Yaml.Field> method = fields.present(top, "merge_method");
        if (method.isEmpty()) {
            problems.add(top.line(), "no merge_method; write one, such as merge_method: linear");
        }
        Optional<String> methodName = method.flatMap(field -> fields.text(field, "merge_method"));
        List<ModelEntry> entries = models(top);
        Optional<ModelEntry> base = fields.present(top, "base_model")
                .flatMap(field -> models.reference(field.value(), "base_model")
                        .map(reference -> new ModelEntry(reference, field.line(), Map.of())));
        Map<String, Setting> parameters = parameters(top, "");
        Optional<DType> dtype = dtype(top, "dtype");
        Optional<DType> outDtype = dtype(top, "out_dtype");
        if (!problems.isEmpty() || methodName.isEmpty() || method.isEmpty()) {
            throw problems.exception();
        }
        return new MergeConfig(
                file, source, methodName.get(), method.get().line(), entries, base, parameters, dtype, outDtype);
    }

    private List<ModelEntry> models(Yaml.Fields top) {
        Optional<Yaml.Field> field = fields.present(top, "models");
        List<ModelEntry> entries = new ArrayList<>();
        if (field.isEmpty()) {
            if (!top.byKey().containsKey("slices") && !top.byKey().containsKey("modules")) {
                problems.add(top.line(), "no models; list them under models:, each as '- model: PATH'");
            }
        } else if (field.get().value() instanceof Yaml.Items list
                && !list.items().isEmpty()) {
            for (int i = 0; i < list.items().size(); i++) {
                entry(list.items().get(i), "models[" + i + "]").ifPresent(entries::add);
            }
        } else {
            Yaml found = field.get().value();
            problems.add(found.line(), "models: found " + found.description() + ", expected a list of models");
        }
        return entries;
    }

    private Optional<ModelEntry> entry(Yaml item, String path) {
        if (!(item instanceof Yaml.Fields entry)) {
            problems.add(item.line(), path + ": found " + item.description() + ", expected a mapping: '- model: PATH'");
            return Optional.empty();
        }
        fields.requireKnown(entry, path, Set.of("model", "parameters"), Set.of());
        Map<String, Setting> parameters = parameters(entry, path + ".");
        Optional<Yaml.Field> model = fields.present(entry, "model");
        if (model.isEmpty()) {
            problems.add(entry.line(), path + " has no model; write '- model: PATH'");
        }
        return model.flatMap(field -> models.reference(field.value(), path + ".model"))
                .map(reference -> new ModelEntry(reference, entry.line(), parameters));
    }

    private Map<String, Setting> parameters(Yaml.Fields owner, String prefix) {
        Map<String, Setting> read = new LinkedHashMap<>();
        String path = prefix + "parameters";
        fields.present(owner, "parameters")
                .flatMap(field -> fields.mapping(field, path))
                .ifPresent(mapping -> mapping.byKey()
                        .values()
                        .forEach(field ->
                                settings.setting(field, path).ifPresent(setting -> read.put(field.key(), setting))));
        return read;
    }

    private Optional<DType> dtype(Yaml.Fields top, String key) {
        Optional<Yaml.Field> field = fields.present(top, key);
        Optional<String> name = field.flatMap(found -> fields.text(found, key));
        if (field.isEmpty() || name.isEmpty()) {
            return Optional.empty();
        }
        String plain = name.get().startsWith("torch.") ? name.get().substring("torch.".length()) : name.get();
        Optional<DType> dtype = Optional.ofNullable(DTYPES.get(plain));
        if (dtype.isEmpty()) {
            problems.add(
                    field.get().line(),
                    key + ": found " + OneLine.quoted(name.get()) + ", expected one of float32, float16, bfloat16");
        }
        return dtype;
    }
}
