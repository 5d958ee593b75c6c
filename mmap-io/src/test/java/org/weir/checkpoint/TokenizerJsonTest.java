package org.weir.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A tokenizer keeps every byte but those of the tokens that leave or come. */
class TokenizerJsonTest {
    private static final String BPE = """
            {"version":"1.0", "added_tokens": [
              {"id": 3, "content": "<s>", "single_word": true, "lstrip": false, "rstrip": true, "normalized": false, "special": true, "x": [1]}
             ,{"id":4,"content":"\\u00e9"}],
             "normalizer": {"vocab": {"no": 1}},
             "model": {"type": "BPE", "vocab": {"a":0, "b" : 1,"ab":2}, "merges": ["a b"], "y": 1.50}}
            """;

    @TempDir
    Path folder;

    @Test
    void knowsTheModelsTokensAndThoseAdded() throws IOException {
        TokenizerJson tokenizer = read(BPE);
        assertEquals(Map.of("a", 0, "b", 1, "ab", 2, "<s>", 3, "\u00e9", 4), tokenizer.tokens());
        assertEquals(
                List.of(
                        new AddedToken(3, "<s>", true, false, true, false, true),
                        new AddedToken(4, "\u00e9", false, false, false, false, false)),
                tokenizer.added());
        assertEquals("BPE", tokenizer.type());
        assertEquals(
                Map.of("x", 0, "y", 1, "z", 9),
                read("{\"added_tokens\":[{\"content\":\"z\",\"id\":9}],"
                                + "\"model\":{\"type\":\"Unigram\",\"unk_id\":0,\"vocab\":[[\"x\",0.0],[\"y\",-1.5]]}}")
                        .tokens());
    }

    @Test
    void staysAsItIsWhereNothingIsAskedFor() throws IOException {
        assertEquals(BPE, text(read(BPE).with(5, List.of())));
    }

    @Test
    void tokensAreAddedAfterThoseThereAre() throws IOException {
        String more = text(read(BPE).with(100, List.of(AddedToken.plain(5, "say \"hi\""))));
        assertTrue(more.endsWith(BPE.substring(BPE.indexOf("],\n \"normalizer\""))), more);
        assertTrue(more.contains("\"special\": true, \"x\": [1]}"), more);
        TokenizerJson again = read(more);
        assertEquals(
                List.of(3, 4, 5), again.added().stream().map(AddedToken::id).toList());
        assertEquals(
                new AddedToken(5, "say \"hi\"", false, false, false, true, false),
                again.added().getLast());
        String without = "{\"model\":{\"vocab\":{\"a\":0}}}";
        assertEquals(
                Map.of("a", 0, "b", 1),
                read(text(read(without).with(9, List.of(AddedToken.plain(1, "b")))))
                        .tokens());
    }

    @Test
    void tokensLeaveWithTheMergesThatMakeThem() throws IOException {
        assertEquals(
                BPE.replace(", \"b\" : 1,\"ab\":2", ",\"b\" : 1")
                        .replace("[\"a b\"]", "[]")
                        .replaceAll("(?s)\"added_tokens\": \\[.*?\\}\\],", "\"added_tokens\": [],"),
                text(read(BPE).with(2, List.of())));
        String pairs = BPE.replace("\"a b\"", "[\"a\", \"b\"]");
        assertEquals(
                Map.of("a", 0, "b", 1),
                read(text(read(pairs).with(2, List.of()))).tokens());
        assertTrue(text(read(pairs).with(2, List.of())).contains("\"merges\": []"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"model\":{\"vocab\":{\"a\":-1}}}",
                "{\"model\":{\"vocab\":{\"a\":16777216}}}",
                "{\"model\":{\"vocab\":{\"a\":\"0\"}}}",
                "{\"model\":{\"vocab\":[[1,2]]}}",
                "{\"added_tokens\":[{\"content\":\"x\"}]}"
            })
    void refusesWhatItCannotUnderstand(String text) {
        assertThrows(MalformedCheckpointException.class, () -> read(text));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private TokenizerJson read(String text) throws IOException {
        return TokenizerJson.read(Files.writeString(folder.resolve("tokenizer.json"), text));
    }
}
