package org.weir.plan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.weir.checkpoint.DType;

/** Reads a config against mergekit's schema, strictly: what it does not understand is a problem and not a surprise. */
final class ConfigReader {
    private static final Set<String> KEYS = Set.of(
            "merge_method",
            "models",
            "slices",
            "modules",
            "base_model",
            "parameters",
            "dtype",
            "out_dtype",
            "tokenizer",
            "tokenizer_source",
            "chat_template",
            "name");
    private static final String EXPECTED = ", expected a config, such as merge_method: linear";
    /** What mergekit calls the one module of a model that is not made of several. */
    private static final String MODULE = "default";

    private static final Map<String, DType> DTYPES =
            Map.of("float32", DType.F32, "float16", DType.F16, "bfloat16", DType.BF16);

    private final ConfigProblems problems;
    private final FieldReader fields;
    private final SettingReader settings;
    private final SliceReader slices;
    private final TokenizerReader tokenizers;

    private ConfigReader(ConfigProblems problems) {
        this.problems = problems;
        this.fields = new FieldReader(problems);
        this.settings = new SettingReader(problems, fields);
        ModelReader models = new ModelReader(problems, fields);
        this.slices = new SliceReader(problems, fields, models, settings);
        this.tokenizers = new TokenizerReader(problems, fields, models);
    }

    /** Every document, at least one. */
    static List<MergeConfig> read(Path file, String source) throws PlanException {
        ConfigProblems problems = new ConfigProblems(file);
        List<Yaml> documents = YamlReader.read(source, problems);
        List<MergeConfig> configs = new ArrayList<>();
        for (Yaml root : documents) {
            if (root instanceof Yaml.Fields top) {
                new ConfigReader(problems).config(file, source, top).ifPresent(configs::add);
            } else {
                problems.add(root.line(), "found " + root.description() + EXPECTED);
            }
        }
        if (documents.isEmpty()) {
            problems.add(0, "found nothing" + EXPECTED);
        }
        if (!problems.isEmpty()) {
            throw problems.exception();
        }
        return configs;
    }

    private Optional<MergeConfig> config(Path file, String source, Yaml.Fields top) {
        fields.requireKnown(top, "", KEYS);
        Optional<Yaml.Field> method = fields.present(top, "merge_method");
        if (method.isEmpty()) {
            problems.add(top.line(), "no merge_method; write one, such as merge_method: linear");
        }
        Optional<String> methodName = method.flatMap(field -> fields.text(field, "merge_method"));
        Optional<ModelEntry> base = slices.base(top, "");
        Optional<Yaml.Fields> module = module(top);
        String path = module.isPresent() ? "modules." + MODULE + "." : "";
        List<SliceEntry> entries = slices.slices(module.orElse(top), path, base);
        Map<String, Setting> moduleParameters =
                module.map(found -> settings.parameters(found, path)).orElse(Map.of());
        Map<String, Setting> parameters = settings.parameters(top, "");
        Optional<DType> dtype = dtype(top, "dtype");
        Optional<DType> outDtype = dtype(top, "out_dtype");
        Optional<TokenizerEntry> tokenizer = tokenizers.tokenizer(top);
        Optional<String> chatTemplate = tokenizers.chatTemplate(top);
        Optional<String> name = fields.present(top, "name").flatMap(field -> fields.text(field, "name"));
        if (!problems.isEmpty() || methodName.isEmpty() || method.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new MergeConfig(
                file,
                source,
                methodName.get(),
                method.get().line(),
                entries,
                base,
                moduleParameters,
                parameters,
                dtype,
                outDtype,
                tokenizer,
                chatTemplate,
                name));
    }

    /** The one module that a config can be made of: all tensors are merged alike, so there are no others to tell apart. */
    private Optional<Yaml.Fields> module(Yaml.Fields top) {
        Optional<Yaml.Field> modules = fields.present(top, "modules");
        Optional<Yaml.Fields> named = modules.flatMap(field -> fields.mapping(field, "modules"));
        if (named.isEmpty()) {
            return Optional.empty();
        }
        Stream.of("models", "slices")
                .flatMap(key -> fields.present(top, key).stream())
                .forEach(field ->
                        problems.add(field.line(), field.key() + " and modules exclude each other; keep one of them"));
        for (Yaml.Field field : named.get().byKey().values()) {
            if (!field.key().equals(MODULE)) {
                problems.add(
                        field.line(),
                        "modules." + field.key() + ": Weir merges all parts of a model alike, by tensor names;"
                                + " write one module 'default', or models at the top, and use filters");
            }
        }
        Optional<Yaml.Fields> module =
                fields.present(named.get(), MODULE).flatMap(field -> fields.mapping(field, "modules." + MODULE));
        module.ifPresent(
                found -> fields.requireKnown(found, "modules." + MODULE, Set.of("models", "slices", "parameters")));
        return module.or(() -> Optional.of(named.get()));
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
