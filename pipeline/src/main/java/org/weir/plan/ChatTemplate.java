package org.weir.plan;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.weir.checkpoint.Checkpoint;
import org.weir.checkpoint.TokenizerConfigJson;

/** The chat template of the result: one that the config writes out, one of a few known by name, or the models' own. */
final class ChatTemplate {
    private static final String AUTO = "auto";

    private static final String CHATML = """
            {% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}\
            {% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}""";

    private static final String ALPACA = """
            {% for message in messages %}{% if message['role'] == 'system' %}{{ message['content'] + '\\n\\n' }}\
            {% elif message['role'] == 'user' %}{{ '### Instruction:\\n' + message['content'] + '\\n\\n' }}\
            {% else %}{{ '### Response:\\n' + message['content'] + eos_token + '\\n\\n' }}{% endif %}{% endfor %}\
            {% if add_generation_prompt %}{{ '### Response:\\n' }}{% endif %}""";

    private static final String LLAMA_3 = """
            {{ bos_token }}{% for message in messages %}\
            {{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' + message['content'] | trim + '<|eot_id|>' }}\
            {% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}""";

    private static final String MISTRAL = """
            {{ bos_token }}{% for message in messages %}{% if message['role'] == 'assistant' %}\
            {{ ' ' + message['content'] | trim + eos_token }}{% else %}\
            {{ '[INST] ' + message['content'] | trim + ' [/INST]' }}{% endif %}{% endfor %}""";

    private static final String EXAONE = """
            {% for message in messages %}{{ '[|' + message['role'] + '|]' + message['content'] }}\
            {% if message['role'] == 'user' %}{{ '\\n' }}{% else %}{{ '[|endofturn|]\\n' }}{% endif %}{% endfor %}\
            {% if add_generation_prompt %}{{ '[|assistant|]' }}{% endif %}""";

    private static final Map<String, String> NAMED =
            Map.of("alpaca", ALPACA, "chatml", CHATML, "exaone", EXAONE, "llama3", LLAMA_3, "mistral", MISTRAL);

    private ChatTemplate() {}

    static boolean isName(String word) {
        return word.equals(AUTO) || NAMED.containsKey(word);
    }

    static String names() {
        return AUTO + ", " + String.join(", ", new TreeSet<>(NAMED.keySet()));
    }

    /** The text that a config means; for "auto" what most of the models have, of equals the first, if any has one. */
    static Optional<String> text(String asked, List<Checkpoint> models) {
        if (!asked.equals(AUTO)) {
            return Optional.of(NAMED.getOrDefault(asked, asked));
        }
        Map<String, Integer> votes = new LinkedHashMap<>();
        Map<Checkpoint, Boolean> seen = new HashMap<>();
        for (Checkpoint model : models) {
            if (seen.put(model, true) == null) {
                of(model).ifPresent(template -> votes.merge(template.strip(), 1, Integer::sum));
            }
        }
        int most = votes.values().stream().mapToInt(count -> count).max().orElse(0);
        return votes.entrySet().stream()
                .filter(vote -> vote.getValue() == most)
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** One that cannot be read has no vote. */
    private static Optional<String> of(Checkpoint model) {
        Optional<Path> jinja = model.file("chat_template.jinja");
        Optional<Path> config = model.file("tokenizer_config.json");
        try {
            if (jinja.isPresent()) {
                return Optional.of(Files.readString(jinja.get(), StandardCharsets.UTF_8));
            }
            return config.isPresent() ? TokenizerConfigJson.read(config.get()).chatTemplate() : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
