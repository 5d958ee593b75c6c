package org.weir.proof;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Small tokenizers as the library writes them. */
final class Tokenizers {
    private static final JsonMapper JSON = JsonMapper.shared();

    private Tokenizers() {}

    /** BPE with these words numbered from 0, then the added tokens, of which those in angle brackets are special. */
    static void write(Path folder, List<String> words, List<String> added) throws IOException {
        ObjectNode root = JSON.createObjectNode();
        root.put("version", "1.0");
        root.putNull("truncation");
        var list = root.putArray("added_tokens");
        for (int i = 0; i < added.size(); i++) {
            ObjectNode token = list.addObject();
            token.put("id", words.size() + i);
            token.put("content", added.get(i));
            token.put("single_word", false)
                    .put("lstrip", false)
                    .put("rstrip", false)
                    .put("normalized", false);
            token.put("special", added.get(i).startsWith("<"));
        }
        ObjectNode model = root.putObject("model");
        model.put("type", "BPE");
        ObjectNode vocabulary = model.putObject("vocab");
        for (int i = 0; i < words.size(); i++) {
            vocabulary.put(words.get(i), i);
        }
        var merges = model.putArray("merges");
        words.stream()
                .filter(word -> word.length() == 2)
                .forEach(word -> merges.add(word.charAt(0) + " " + word.charAt(1)));
        Files.writeString(
                folder.resolve("tokenizer.json"),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root));
    }

    /** Every token of a folder's tokenizer, by number. */
    static Map<Integer, String> read(Path folder) throws IOException {
        JsonNode root = JSON.readTree(Files.readString(folder.resolve("tokenizer.json")));
        Map<Integer, String> tokens = new TreeMap<>();
        root.get("model").get("vocab").forEachEntry((token, id) -> tokens.put(id.intValue(), token));
        root.get("added_tokens")
                .forEach(each -> tokens.put(
                        each.get("id").intValue(), each.get("content").stringValue()));
        return tokens;
    }
}
