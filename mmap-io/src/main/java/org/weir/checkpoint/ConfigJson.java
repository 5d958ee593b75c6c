package org.weir.checkpoint;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.core.JsonToken;

/** A model's {@code config.json}: what a merge must know of it, and its text with another dtype in it. */
public final class ConfigJson {
    private static final String LAYERS = "num_hidden_layers";

    private final String text;
    private final List<Span> dtypes = new ArrayList<>();
    private OptionalInt layers = OptionalInt.empty();
    private boolean quantized;

    /** Chars of the text, from the first to after the last. */
    private record Span(int begin, int end) {}

    private ConfigJson(String text) {
        this.text = text;
    }

    /**
     * Reads a file that must hold one JSON object.
     *
     * @throws MalformedCheckpointException if it does not
     */
    public static ConfigJson read(Path file) throws IOException {
        JsonText json = JsonText.read(file);
        ConfigJson config = new ConfigJson(json.text());
        try (StrictJson parser = StrictJson.ofPython(new StringReader(json.text()))) {
            parser.nextIs(JsonToken.START_OBJECT, "an object");
            config.readObject(parser, "");
            parser.end();
        } catch (JsonProblem problem) {
            throw json.malformed(problem);
        }
        return config;
    }

    /** {@code num_hidden_layers}, at the top or, in a model of several parts, of the text part. */
    public OptionalInt layers() {
        return layers;
    }

    /** Whether the weights are codes of some quantization: then their numbers are not the model's. */
    public boolean quantized() {
        return quantized;
    }

    /**
     * The file with every {@code dtype} and {@code torch_dtype} set to this type, at the top and in nested configs; all
     * other bytes stay. A file without such a key stays as it is.
     *
     * @throws IllegalArgumentException if torch has no such type
     */
    public byte[] withDtype(DType dtype) {
        String value = '"' + dtype.torchName() + '"';
        StringBuilder spliced = new StringBuilder();
        int copied = 0;
        for (Span span : dtypes) {
            spliced.append(text, copied, span.begin()).append(value);
            copied = span.end();
        }
        return spliced.append(text, copied, text.length()).toString().getBytes(StandardCharsets.UTF_8);
    }

    /** @param owner the name of the object, empty at the top */
    private void readObject(StrictJson json, String owner) throws JsonProblem {
        while (json.next() == JsonToken.PROPERTY_NAME) {
            String name = json.name();
            JsonToken value = json.next();
            switch (name) {
                case "dtype", "torch_dtype" -> {
                    if (value == JsonToken.VALUE_STRING || value == JsonToken.VALUE_NULL) {
                        dtypes.add(new Span(json.tokenBegin(), json.tokenEnd()));
                    }
                }
                case "quantization_config" -> quantized |= value != JsonToken.VALUE_NULL;
                case LAYERS -> readLayers(json, owner);
                default -> {
                    if (value == JsonToken.START_OBJECT && name.endsWith("_config")) {
                        readObject(json, name);
                    }
                }
            }
            json.skipRest();
        }
    }

    private void readLayers(StrictJson json, String owner) throws JsonProblem {
        boolean isTop = owner.isEmpty();
        if (isTop || (owner.equals("text_config") && layers.isEmpty())) {
            long count = json.unsignedInteger("a number of layers");
            layers = OptionalInt.of((int) Math.min(count, Integer.MAX_VALUE));
        }
    }
}
