package org.weir.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Models with different tokens. Every row of an embedding tells model and token: column 0 holds the one, column 1 the
 * other, so what a row of the result is made of can be read from it.
 */
class VocabularyTest {
    private static final int COLUMNS = 4;
    private static final String EMBEDDING = "model.embed_tokens.weight";
    private static final String HEAD = "lm_head.weight";

    private static final List<String> ONE = List.of("a", "b", "ab", "<s>", "[x]");
    private static final List<String> TWO = List.of("b", "c", "a", "bc", "ca", "<s>", "<t>");

    @TempDir
    private Path folder;

    @BeforeEach
    void writeTwoModels() throws IOException {
        write("one", ONE, 3, Format.F32);
        write("two", TWO, 5, Format.F32);
    }

    @Test
    void theTokensOfTheBaseComeFromTheirPlacesInEachModel() throws IOException {
        Path out = merge("tokenizer_source: base", "linear", "one", "two");
        assertEquals(ONE, tokens(out));
        Model merged = Model.read(out);
        for (int token = 0; token < ONE.size(); token++) {
            // what two lacks comes from one, whose token it is
            double[] other = TWO.contains(ONE.get(token)) ? row(2, TWO.indexOf(ONE.get(token))) : row(1, token);
            assertRow(mean(row(1, token), other), merged.tensor(EMBEDDING), token);
            assertRow(negated(mean(row(1, token), other)), merged.tensor(HEAD), token);
        }
        assertEquals(ONE.size(), merged.tensor(EMBEDDING).shape().getFirst());
        assertEquals(ONE.size(), config(out).get("vocab_size").intValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "7", "100000"})
    void aUnionHasTheTokensOfAllInTheirOrder(String tile) throws IOException {
        Path out = merge("tokenizer_source: union", "linear", "one", "two", "--tile-elements", tile);
        List<String> union = List.of("a", "b", "ab", "<s>", "[x]", "c", "bc", "ca", "<t>");
        assertEquals(union, tokens(out));
        Model merged = Model.read(out);
        for (int token = 0; token < union.size(); token++) {
            int first = ONE.indexOf(union.get(token));
            int second = TWO.indexOf(union.get(token));
            double[] expected =
                    first < 0 ? row(2, second) : second < 0 ? row(1, first) : mean(row(1, first), row(2, second));
            assertRow(expected, merged.tensor(EMBEDDING), token);
        }
        assertEquals(union.size(), config(out).get("vocab_size").intValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "7", "100000"})
    void stepsWithOtherTokensGiveTheSameFusedOrNot(String tile) throws IOException {
        String rowsOfTheStep = """
                name: mean
                merge_method: linear
                models: [{model: %1$s/one}, {model: %1$s/two}]
                parameters: {weight: 1}
                tokenizer_source: union
                ---
                merge_method: passthrough
                models: [{model: mean}]
                parameters: {scale: 0.5}
                """.formatted(folder);
        String rowsOfItsUser = """
                name: mean
                merge_method: linear
                models: [{model: %1$s/one, parameters: {weight: 0.5}}]
                parameters: {normalize: false}
                ---
                merge_method: linear
                models: [{model: mean}, {model: %1$s/two}]
                parameters: {weight: 1}
                tokenizer_source: union
                """.formatted(folder);
        for (String config : List.of(rowsOfTheStep, rowsOfItsUser)) {
            Path kept = Files.createTempDirectory(folder, "kept");
            Path written = Weir.mergeFolder(folder, config, "-I", kept.toString());
            Path fused = Weir.mergeFolder(folder, config, "--tile-elements", tile);
            assertEquals(Model.read(written), Model.read(fused));
            assertEquals(tokens(written), tokens(fused));
        }
    }

    @Test
    void aModelPassedThroughIsPermutedAndNothingElse() throws IOException {
        Path out = mergeText("""
                merge_method: task_arithmetic
                base_model: %1$s/one
                models: [{model: %1$s/two, parameters: {weight: 1}}]
                tokenizer_source: %1$s/two
                """.formatted(folder));
        assertEquals(TWO, tokens(out));
        Model two = Model.read(folder.resolve("two"));
        assertEquals(two.tensor(EMBEDDING), Model.read(out).tensor(EMBEDDING));
        assertEquals(
                Files.readString(folder.resolve("two/tokenizer.json")),
                Files.readString(out.resolve("tokenizer.json")));
    }

    /** d: in two and three but not in the base that is not there; the mean of both is what one lacks. */
    @Test
    void withoutABaseATokenOfSeveralModelsIsTheirMean() throws IOException {
        write("three", List.of("c", "d", "a"), 3, Format.F32);
        Path out = mergeText("""
                merge_method: linear
                models: [{model: %1$s/one}, {model: %1$s/two}, {model: %1$s/three}]
                parameters: {weight: [{filter: lm_head, value: 1}, {filter: embed, value: 1}, {value: 1}]}
                tokenizer_source: union
                """.formatted(folder));
        int token = tokens(out).indexOf("c");
        double[] mean = mean(row(2, 1), row(3, 0));
        double[] expected = new double[COLUMNS];
        for (int i = 0; i < COLUMNS; i++) {
            expected[i] = (mean[i] + row(2, 1)[i] + row(3, 0)[i]) / 3;
        }
        assertRow(expected, Model.read(out).tensor(EMBEDDING), token);
    }

    @Test
    void tokensCanBeGivenRowsOfTheirOwn() throws IOException {
        Path out = mergeText("""
                merge_method: linear
                base_model: %1$s/one
                models: [{model: %1$s/one}, {model: %1$s/two}]
                parameters: {weight: 1}
                tokenizer:
                  source: base
                  pad_to_multiple_of: 8
                  tokens:
                    "<t>": {source: %1$s/two}
                    "<new>": {source: {kind: model_token, model: %1$s/two, token: ca}}
                    "b": {source: {kind: model_token, model: %1$s/one, token_id: 0}, force: true}
                    "[x]": {source: {kind: zero}}
                """.formatted(folder));
        assertEquals(List.of("a", "b", "ab", "<s>", "[x]", "<t>", "<new>"), tokens(out));
        Tensor merged = Model.read(out).tensor(EMBEDDING);
        assertEquals(List.of(8, COLUMNS), merged.shape());
        assertRow(row(1, 0), merged, 1);
        assertRow(mean(row(1, 4), new double[COLUMNS]), merged, 4);
        assertRow(row(2, 6), merged, 5);
        assertRow(row(2, 4), merged, 6);
        assertEquals(8, config(out).get("vocab_size").intValue());
        for (int column = 0; column < COLUMNS; column++) {
            int at = column;
            double mean = IntStream.range(0, 7)
                    .mapToDouble(row -> merged.at(row * COLUMNS + at))
                    .average()
                    .orElseThrow();
            assertEquals(mean, merged.at(7 * COLUMNS + column), 1e-5, "padding");
        }
    }

    @Test
    void tokensBeyondTheModelsRowsAreLeftOutWithTheirMerges() throws IOException {
        write("long", List.of("a", "b", "c", "ab", "bc", "<s>"), 5, Format.F32);
        Model whole = Model.read(folder.resolve("long"));
        Map<String, Tensor> shorter = new TreeMap<>();
        whole.tensors()
                .forEach((name, tensor) -> shorter.put(
                        name, name.contains("norm") ? tensor : Tensor.of(Format.F32, List.of(4, COLUMNS), tensor::at)));
        new Model(shorter).write(folder.resolve("long"), 1);
        Files.writeString(folder.resolve("long/config.json"), "{\"vocab_size\": 4}");
        Path out = mergeText("""
                merge_method: passthrough
                models: [{model: %1$s/long}]
                tokenizer_source: base
                """.formatted(folder));
        assertEquals(List.of("a", "b", "c", "ab"), tokens(out));
        JsonNode tokenizer = JsonMapper.shared().readTree(Files.readString(out.resolve("tokenizer.json")));
        assertEquals("[\"a b\"]", tokenizer.get("model").get("merges").toString());
        assertEquals("[]", tokenizer.get("added_tokens").toString());
        assertEquals(new Model(shorter), Model.read(out));
    }

    /** The bytes of 16-bit rows are those of the file: nothing is rounded where nothing is computed. */
    @Test
    void sixteenBitRowsKeepTheirBits() throws IOException {
        write("b1", ONE, 3, Format.BF16);
        write("b2", TWO, 5, Format.BF16);
        Path out = mergeText("""
                merge_method: task_arithmetic
                base_model: %1$s/b1
                models: [{model: %1$s/b2, parameters: {weight: 0}}]
                tokenizer_source: union
                """.formatted(folder));
        Tensor merged = Model.read(out).tensor(EMBEDDING);
        Tensor one = Model.read(folder.resolve("b1")).tensor(EMBEDDING);
        for (int i = 0; i < one.elements(); i++) {
            assertEquals(one.at(i), merged.at(i));
        }
        assertEquals(Format.BF16, merged.format());
    }

    @Test
    void threadsTilesAndReadersDoNotShow() throws IOException {
        Path first = merge("tokenizer: {pad_to_multiple_of: 16}", "linear", "one", "two", "-j", "1");
        for (String reader : List.of("mapped", "copied", "direct")) {
            Path other = merge(
                    "tokenizer: {pad_to_multiple_of: 16}",
                    "linear",
                    "one",
                    "two",
                    "--tile-elements",
                    "5",
                    "--reader",
                    reader);
            assertEquals(Model.read(first), Model.read(other), reader);
        }
    }

    /** Where all have the same tokens a tokenizer changes no bit, whatever the method, in surveys and fused loops too. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "linear|weight: 0.3",
                "task_arithmetic|weight: 0.3",
                "ties|weight: 0.3, density: 0.4",
                "dare_ties|weight: 0.3, density: 0.4",
                "breadcrumbs|weight: 0.3, density: 0.4, gamma: 0.1",
                "della|weight: 0.3, density: 0.5",
                "sce|select_topk: 0.3",
                "ram|",
                "karcher|",
                "model_stock|",
                "multislerp|weight: 0.3"
            })
    void theSameTokensChangeNothing(String method, @Nullable String parameters) throws IOException {
        List<String> words = IntStream.range(0, 300).mapToObj(i -> "t" + i).toList();
        for (int i = 0; i < 3; i++) {
            int model = i;
            Map<String, Tensor> tensors = new TreeMap<>();
            tensors.put(EMBEDDING, Tensor.of(Format.BF16, List.of(300, 40), e -> Math.sin(e + 0.1 * model * (e % 7))));
            tensors.put(HEAD, Tensor.of(Format.BF16, List.of(300, 40), e -> Math.cos(e + 0.1 * model * (e % 5))));
            new Model(tensors).write(folder.resolve("p" + i), 1);
            Files.writeString(folder.resolve("p" + i).resolve("config.json"), "{\"vocab_size\": 300}");
            Tokenizers.write(folder.resolve("p" + i), words, List.of());
        }
        String config = """
                merge_method: %2$s
                base_model: %1$s/p0
                models: [{model: %1$s/p1}, {model: %1$s/p2}]
                parameters: {%3$s}
                """.formatted(folder, method, parameters == null ? "" : parameters);
        Model plain = Weir.merge(folder, config);
        String union = config + "tokenizer_source: union\n";
        assertEquals(plain, Weir.merge(folder, union));
        assertEquals(plain, Weir.merge(folder, union, "--tile-elements", "100", "-j", "2"));
    }

    @Test
    void aTokenizerIsOnlyAdvisedWhereItHelps() throws IOException {
        Model one = Model.read(folder.resolve("one"));
        Map<String, Tensor> wide = new TreeMap<>(one.tensors());
        wide.put(EMBEDDING, Tensor.of(Format.F32, List.of(ONE.size(), COLUMNS + 1), i -> i));
        new Model(wide).write(folder.resolve("wide"), 1);
        Files.writeString(folder.resolve("wide/config.json"), "{\"vocab_size\": %d}".formatted(ONE.size()));
        for (String other : List.of("two", "wide")) {
            Weir.Run run = Weir.tryMerge(folder, """
                    merge_method: karcher
                    models: [{model: %1$s/one}, {model: %1$s/%2$s}]
                    """.formatted(folder, other));
            assertEquals(3, run.exitCode(), run.err());
            assertTrue(run.err().contains(EMBEDDING + ": is [5, 4] in"), run.err());
            assertEquals(other.equals("two"), run.err().contains("tokenizer_source: base lines"), run.err());
        }
    }

    @Test
    void whatCannotBeIsSaidWithItsLine() throws IOException {
        assertRefused(
                "config.yml:5: the tokenizer's source 'nobody' is none of the models", "tokenizer_source: nobody");
        assertRefused(
                "has no token 'zzz'",
                "tokenizer: {tokens: {q: {source: {kind: model_token, model: %s/one, token: zzz}}}}");
        assertRefused(
                "'nobody', which the row of 'q' is to come from, is none",
                "tokenizer: {tokens: {q: {source: nobody}}}");
        assertRefused("expected {kind: zero}", "tokenizer: {tokens: {q: {source: {kind: model_token}}}}");
        assertRefused("expected a whole number of at least 1", "tokenizer: {pad_to_multiple_of: 0}");
        assertRefused("chat_template: found 'nope'", "chat_template: nope");
        Files.delete(folder.resolve("one/tokenizer.json"));
        assertRefused("has no tokenizer.json", "tokenizer_source: union");
    }

    @Test
    void thatNoModelHasAChatTemplateIsSaid() throws IOException {
        Weir.Run run = Weir.tryMerge(folder, """
                merge_method: passthrough
                models: [{model: %s/one}]
                chat_template: auto
                """.formatted(folder));
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.err().contains("weir: no model has a chat template"), run.err());
    }

    @Test
    void aChatTemplateIsWrittenWhereAllVersionsLookForIt() throws IOException {
        String template = "{% for m in messages %}{{ m.content }}{% endfor %}";
        Files.writeString(folder.resolve("one/tokenizer_config.json"), "{\"chat_template\": \"old\", \"x\": 1}");
        Path out = merge("chat_template: \"" + template + "\"", "linear", "one", "two");
        JsonNode config = JsonMapper.shared().readTree(Files.readString(out.resolve("tokenizer_config.json")));
        assertEquals(template, config.get("chat_template").stringValue());
        assertEquals(1, config.get("x").intValue());
        assertEquals(template, Files.readString(out.resolve("chat_template.jinja")));
        Path auto = merge("chat_template: auto", "linear", "one", "two");
        assertEquals("old", Files.readString(auto.resolve("chat_template.jinja")));
        Path named = merge("chat_template: chatml", "linear", "one", "two");
        assertTrue(Files.readString(named.resolve("chat_template.jinja")).contains("<|im_start|>"));
    }

    /** Also those of which the result takes some rows, in another order; and rows that no config has asked to leave out. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "tokenizer_source: union",
                "tokenizer_source: base",
                "tokenizer: {source: union, pad_to_multiple_of: 16}",
                ""
            })
    void everyTensorIsAccountedForWhateverTheTokensAre(String line) throws IOException {
        for (String lone : List.of("", "model.layers.0.lone.weight")) {
            Map<String, Tensor> tensors =
                    new TreeMap<>(Model.read(folder.resolve("two")).tensors());
            tensors.put("model.layers.0.lone.weight", Tensor.of(Format.F32, List.of(2), i -> i));
            tensors.keySet().removeIf(name -> name.equals("model.layers.0.lone.weight") && lone.isEmpty());
            new Model(tensors).write(folder.resolve("two"), 1);
            Files.writeString(folder.resolve("two/config.json"), "{\"vocab_size\": 7}");
            String config = text(line, "linear", "one", "two");
            Path file = Files.writeString(folder.resolve("config.yml"), config);
            JsonNode plan = JsonMapper.shared()
                    .readTree(Weir.run(List.of("plan", file.toString(), "--log-format", "json", "--allow-missing"))
                            .out());
            Path out = Weir.mergeFolder(folder, config, "--allow-missing");
            JsonNode manifest = JsonMapper.shared().readTree(Files.readString(out.resolve("merge-manifest.json")));
            for (JsonNode said : List.of(plan, manifest)) {
                assertEquals(
                        "{\"merged by linear\":3}", said.at("/inputs/0/tensors").toString());
                String more =
                        lone.isEmpty() ? "" : ",\"merged by linear, of the models that have it (--allow-missing)\":1";
                assertEquals(
                        "{\"merged by linear\":3" + more + "}",
                        said.at("/inputs/1/tensors").toString());
                boolean cropped = said.get("notes")
                        .toString()
                        .contains(EMBEDDING + ": the first 5 of 7 tokens of " + folder.resolve("two") + " are merged");
                assertEquals(line.isEmpty(), cropped, said.get("notes").toString());
                boolean leftOut = said.get("notes")
                        .toString()
                        .contains(folder.resolve("two") + ": 4 of its 7 rows for tokens are left out");
                assertEquals(
                        line.equals("tokenizer_source: base"),
                        leftOut,
                        said.get("notes").toString());
            }
            assertEquals(0, manifest.get("leftOut").size());
        }
    }

    /** A tensor that looks like a head, and that another model lacks: made of both only if the other ties its head. */
    @ParameterizedTest
    @CsvSource({
        "'', false, 4, true",
        "true, false, 4, true",
        "false, false, 4, false",
        "'', true, 4, false",
        "true, true, 4, false",
        "'', false, 3, false"
    })
    void onlyAModelWithoutAHeadLendsItsEmbeddingAsOne(String tied, boolean head, int columns, boolean lent)
            throws IOException {
        String json = "{\"vocab_size\": 5%s}".formatted(tied.isEmpty() ? "" : ", \"tie_word_embeddings\": " + tied);
        for (String name : List.of("one", "other")) {
            write(name, ONE, 3, Format.F32);
            Map<String, Tensor> tensors =
                    new TreeMap<>(Model.read(folder.resolve(name)).tensors());
            tensors.keySet().removeIf(tensor -> tensor.equals(HEAD) && !head);
            if (name.equals("one")) {
                tensors.put("lone.weight", Tensor.of(Format.F32, List.of(5, columns), i -> i));
            }
            new Model(tensors).write(folder.resolve(name), 1);
            Files.writeString(folder.resolve(name).resolve("config.json"), json);
        }
        Model ofBoth = Weir.merge(folder, text("", "linear", "one", "other"), "--allow-missing");
        for (int i = 0; i < 5 * columns; i++) {
            assertEquals(
                    lent ? (i + value(2, i)) / 2 : i,
                    ofBoth.tensor("lone.weight").at(i));
        }
        Model ontoOther = Weir.merge(folder, text("", "task_arithmetic", "other", "one"), "--allow-missing");
        assertEquals(lent, ontoOther.tensors().containsKey("lone.weight"));
        String noBase = """
                merge_method: linear
                models: [{model: %1$s/other}, {model: %1$s/one}]
                parameters: {weight: 1}
                """.formatted(folder);
        assertEquals(
                ofBoth.tensor("lone.weight"),
                Weir.merge(folder, noBase, "--allow-missing").tensor("lone.weight"));
    }

    private void assertRefused(String message, String line) throws IOException {
        Weir.Run run = Weir.tryMerge(folder, text(line.formatted(folder), "linear", "one", "two"));
        assertTrue(run.exitCode() == 2 || run.exitCode() == 3, run.err());
        assertTrue(run.err().contains(message), run.err());
    }

    private Path merge(String line, String method, String base, String other, String... options) throws IOException {
        return Weir.mergeFolder(folder, text(line, method, base, other), options);
    }

    private String text(String line, String method, String base, String other) {
        return """
                merge_method: %2$s
                base_model: %1$s/%3$s
                models: [{model: %1$s/%3$s}, {model: %1$s/%4$s}]
                parameters: {weight: 1}
                %5$s
                """.formatted(folder, method, base, other, line);
    }

    private Path mergeText(String config) throws IOException {
        return Weir.mergeFolder(folder, config);
    }

    /** What the words from the last in angle or square brackets on are in the library: added tokens. */
    private void write(String name, List<String> tokens, int words, Format format) throws IOException {
        int model = name.endsWith("one") || name.endsWith("1") ? 1 : name.equals("three") ? 3 : 2;
        Map<String, Tensor> tensors = new TreeMap<>();
        tensors.put(EMBEDDING, Tensor.of(format, List.of(tokens.size(), COLUMNS), i -> value(model, i)));
        tensors.put(HEAD, Tensor.of(format, List.of(tokens.size(), COLUMNS), i -> -value(model, i)));
        tensors.put("model.norm.weight", Tensor.of(format, List.of(COLUMNS), i -> i));
        new Model(tensors).write(folder.resolve(name), 1);
        Files.writeString(folder.resolve(name).resolve("config.json"), "{\"vocab_size\": %d}".formatted(tokens.size()));
        Tokenizers.write(folder.resolve(name), tokens.subList(0, words), tokens.subList(words, tokens.size()));
    }

    private static double value(int model, int element) {
        return row(model, element / COLUMNS)[element % COLUMNS];
    }

    /** Small whole numbers, exact in all formats. */
    private static double[] row(int model, int token) {
        return new double[] {model, token, 10 * model + token, 1};
    }

    private static double[] negated(double[] row) {
        return IntStream.range(0, row.length).mapToDouble(i -> -row[i]).toArray();
    }

    private static double[] mean(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> (a[i] + b[i]) / 2).toArray();
    }

    private static void assertRow(double[] expected, Tensor found, int row) {
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], found.at(row * COLUMNS + i), 1e-6, "row " + row);
        }
    }

    private static List<String> tokens(Path out) throws IOException {
        Map<Integer, String> read = Tokenizers.read(out);
        assertEquals(IntStream.range(0, read.size()).boxed().toList(), new ArrayList<>(read.keySet()));
        return List.copyOf(read.values());
    }

    private static JsonNode config(Path out) throws IOException {
        return JsonMapper.shared().readTree(Files.readString(out.resolve("config.json")));
    }
}
