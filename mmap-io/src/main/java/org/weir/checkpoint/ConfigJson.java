package org.weir.checkpoint;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import tools.jackson.core.JsonToken;

/**
 * A model's {@code config.json}: what a merge must know of it, and its text with other values in it. What is said of the
 * model is looked for at the top and, in a model of several parts, in the text part; the top goes first.
 */
public final class ConfigJson {
    /** The first that is there counts. */
    private static final List<String> LAYERS = List.of("num_hidden_layers", "num_layers", "n_layers", "n_layer");

    private static final String VOCABULARY = "vocab_size";
    private static final String TIED = "tie_word_embeddings";

    private final Path file;
    private final String text;
    private final List<Value> dtypes = new ArrayList<>();
    /** What is known of the model, by key; of the top where it is there. */
    private final Map<String, List<Value>> known = new HashMap<>();

    private final List<LayerList> layerLists = new ArrayList<>();
    private int objectBegin;
    private boolean quantized;

    /** Chars of the text, from the first to after the last. */
    private record Value(String text, int begin, int end, boolean isTop) {}

    /** A list with something for each layer, such as {@code layer_types}. */
    private record LayerList(String name, List<Value> items, boolean isTop) {}

    private ConfigJson(Path file, String text) {
        this.file = file;
        this.text = text;
    }

    /**
     * Reads a file that must hold one JSON object.
     *
     * @throws MalformedCheckpointException if it does not
     */
    public static ConfigJson read(Path file) throws IOException {
        return parse(JsonText.read(file));
    }

    private static ConfigJson parse(JsonText json) throws MalformedCheckpointException {
        ConfigJson config = new ConfigJson(json.file(), json.text());
        try (StrictJson parser = StrictJson.ofPython(new StringReader(json.text()))) {
            parser.nextIs(JsonToken.START_OBJECT, "an object");
            config.objectBegin = parser.tokenBegin() + 1;
            config.readObject(parser, "");
            parser.end();
        } catch (JsonProblem problem) {
            throw json.malformed(problem);
        }
        return config;
    }

    /** How many layers the model has: {@code num_hidden_layers}, or what older architectures call it. */
    public OptionalInt layers() {
        Optional<String> count =
                LAYERS.stream().flatMap(name -> first(name).stream()).findFirst();
        return count.isPresent()
                ? OptionalInt.of((int) Math.min(Long.parseLong(count.get()), Integer.MAX_VALUE))
                : OptionalInt.empty();
    }

    /** {@code vocab_size}. */
    public OptionalLong vocabulary() {
        Optional<String> size = first(VOCABULARY);
        return size.isPresent() ? OptionalLong.of(Long.parseLong(size.get())) : OptionalLong.empty();
    }

    /** {@code tie_word_embeddings}: whether the head is the embedding; not every config says. */
    public Optional<Boolean> tied() {
        return first(TIED).map(Boolean::valueOf);
    }

    /** Whether the weights are codes of some quantization: then their numbers are not the model's. */
    public boolean quantized() {
        return quantized;
    }

    /** The lists with something for each layer, by name: their items as they stand in the file. */
    public Map<String, List<String>> layerLists() {
        int layers = layers().orElse(0);
        return layerLists.stream()
                .filter(list -> list.items().size() == layers)
                .collect(Collectors.toMap(
                        LayerList::name,
                        list -> list.items().stream().map(Value::text).toList(),
                        (first, _) -> first));
    }

    /**
     * With every {@code dtype} and {@code torch_dtype} set to this type, at the top and in nested configs; all other
     * bytes stay. A file without such a key stays as it is.
     *
     * @throws IllegalArgumentException if torch has no such type
     */
    public ConfigJson withDtype(DType dtype) {
        return with(dtypes, '"' + dtype.torchName() + '"');
    }

    /** With another number of layers, and the lists that have something for each of them. */
    public ConfigJson withLayers(int count, Map<String, List<String>> lists) {
        Map<Value, String> changes = new HashMap<>();
        String before = String.valueOf(layers().orElse(-1));
        for (String name : LAYERS) {
            all(name).stream()
                    .filter(value -> value.text().equals(before))
                    .forEach(value -> changes.put(value, Integer.toString(count)));
        }
        for (LayerList list : layerLists) {
            List<String> items = lists.get(list.name());
            if (items != null && String.valueOf(list.items().size()).equals(before)) {
                int begin = list.items().getFirst().begin();
                int end = list.items().getLast().end();
                changes.put(new Value("", begin, end, list.isTop()), String.join(", ", items));
            }
        }
        return with(changes);
    }

    /** With another {@code vocab_size}; without one it stays as it is. */
    public ConfigJson withVocabulary(long size) {
        return with(all(VOCABULARY), Long.toString(size));
    }

    /** With {@code tie_word_embeddings} said, at the top if nowhere else. */
    public ConfigJson withTied(boolean tied) {
        if (!all(TIED).isEmpty()) {
            return with(all(TIED), Boolean.toString(tied));
        }
        return with(Map.of(new Value("", objectBegin, objectBegin, true), "\"" + TIED + "\": " + tied + ", "));
    }

    /** The text as a file holds it. */
    public byte[] bytes() {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private ConfigJson with(List<Value> values, String replacement) {
        return with(values.stream().collect(Collectors.toMap(value -> value, _ -> replacement)));
    }

    private ConfigJson with(Map<Value, String> changes) {
        StringBuilder spliced = new StringBuilder();
        int copied = 0;
        List<Value> inOrder = changes.keySet().stream()
                .sorted(Comparator.comparingInt(Value::begin))
                .toList();
        for (Value value : inOrder) {
            spliced.append(text, copied, value.begin()).append(changes.get(value));
            copied = value.end();
        }
        spliced.append(text, copied, text.length());
        try {
            return parse(new JsonText(file, spliced.toString()));
        } catch (MalformedCheckpointException e) {
            throw new IllegalStateException("a config that was changed is none any more", e);
        }
    }

    private Optional<String> first(String name) {
        return all(name).stream().max(Comparator.comparing(Value::isTop)).map(Value::text);
    }

    private List<Value> all(String name) {
        return known.getOrDefault(name, List.of());
    }

    /** @param owner the name of the object, empty at the top */
    private void readObject(StrictJson json, String owner) throws JsonProblem {
        boolean isModel = owner.isEmpty() || owner.equals("text_config");
        while (json.next() == JsonToken.PROPERTY_NAME) {
            String name = json.name();
            JsonToken token = json.next();
            boolean nested = token == JsonToken.START_OBJECT && name.endsWith("_config");
            if (name.equals("dtype") || name.equals("torch_dtype")) {
                if (token == JsonToken.VALUE_STRING || token == JsonToken.VALUE_NULL) {
                    dtypes.add(new Value("", json.tokenBegin(), json.tokenEnd(), owner.isEmpty()));
                }
            } else if (name.equals("quantization_config")) {
                quantized |= token != JsonToken.VALUE_NULL;
            } else if (nested) {
                readObject(json, name);
            } else if (isModel) {
                readModel(json, name, token, owner.isEmpty());
            }
            json.skipRest();
        }
    }

    private void readModel(StrictJson json, String name, JsonToken token, boolean isTop) throws JsonProblem {
        if (name.equals("num_hidden_layers")) {
            keep(name, json.unsignedInteger("a number of layers"), json, isTop);
        } else if (isCount(token, json) && (LAYERS.contains(name) || name.equals(VOCABULARY))) {
            keep(name, json.name(), json, isTop);
        } else if (name.equals(TIED) && (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE)) {
            keep(name, token == JsonToken.VALUE_TRUE, json, isTop);
        } else if (token == JsonToken.START_ARRAY && name.contains("layer")) {
            readList(json, name, isTop);
        }
    }

    private static boolean isCount(JsonToken token, StrictJson json) throws JsonProblem {
        return token == JsonToken.VALUE_NUMBER_INT && json.name().matches("[0-9]{1,18}");
    }

    private void keep(String name, Object value, StrictJson json, boolean isTop) throws JsonProblem {
        known.computeIfAbsent(name, _ -> new ArrayList<>())
                .add(new Value(value.toString(), json.tokenBegin(), json.tokenEnd(), isTop));
    }

    /** Keeps a list of plain values, to its end. */
    private void readList(StrictJson json, String name, boolean isTop) throws JsonProblem {
        List<Value> items = new ArrayList<>();
        boolean plain = true;
        for (JsonToken token = json.next(); token != JsonToken.END_ARRAY; token = json.next()) {
            if (token.isStructStart()) {
                plain = false;
                json.skipRest();
            } else {
                int begin = json.tokenBegin();
                int end = json.tokenEnd();
                items.add(new Value(text.substring(begin, end), begin, end, isTop));
            }
        }
        if (plain && !items.isEmpty()) {
            layerLists.add(new LayerList(name, items, isTop));
        }
    }
}
