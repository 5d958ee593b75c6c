package org.weir.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A model's {@code tokenizer_config.json}: its chat template, and the tokens that it names by number. */
public final class TokenizerConfigJson {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final String TEMPLATE = "chat_template";
    private static final String TOKENS = "added_tokens_decoder";

    private final ObjectNode root;

    private TokenizerConfigJson(ObjectNode root) {
        this.root = root;
    }

    /**
     * Reads a file that must hold one JSON object.
     *
     * @throws MalformedCheckpointException if it does not
     */
    public static TokenizerConfigJson read(Path file) throws IOException {
        try {
            if (JSON.readTree(JsonText.read(file).text()) instanceof ObjectNode root) {
                return new TokenizerConfigJson(root);
            }
        } catch (JacksonException e) {
            throw new MalformedCheckpointException(file, "found invalid JSON, expected one object");
        }
        throw new MalformedCheckpointException(file, "found no object, expected one");
    }

    /** Without any content. */
    public static TokenizerConfigJson empty() {
        return new TokenizerConfigJson(JSON.createObjectNode());
    }

    /** The template; of several with names the one called "default". */
    public Optional<String> chatTemplate() {
        JsonNode template = root.path(TEMPLATE);
        if (template.isString()) {
            return Optional.of(template.stringValue());
        }
        for (JsonNode named : template) {
            JsonNode text = named.path("template");
            if (named.path("name").asString("").equals("default") && text.isString()) {
                return Optional.of(text.stringValue());
            }
        }
        return Optional.empty();
    }

    /** With this one template. */
    public TokenizerConfigJson withChatTemplate(String template) {
        ObjectNode changed = root.deepCopy();
        changed.put(TEMPLATE, template);
        return new TokenizerConfigJson(changed);
    }

    /** With those of the tokens named by number that are right. */
    public TokenizerConfigJson keeping(BiPredicate<String, String> numberAndToken) {
        ObjectNode changed = root.deepCopy();
        if (changed.get(TOKENS) instanceof ObjectNode tokens) {
            List<String> gone = new ArrayList<>();
            for (Map.Entry<String, JsonNode> each : tokens.properties()) {
                String content = each.getValue().path("content").asString("");
                if (!numberAndToken.test(each.getKey(), content)) {
                    gone.add(each.getKey());
                }
            }
            gone.forEach(tokens::remove);
        }
        return new TokenizerConfigJson(changed);
    }

    /** As a file holds it. */
    public byte[] bytes() {
        return JSON.writeValueAsBytes(root);
    }
}
