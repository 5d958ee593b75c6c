package org.weir.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.weir.plan.ConfigText.LINEAR;
import static org.weir.plan.ConfigText.problems;
import static org.weir.plan.ConfigText.read;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.weir.checkpoint.DType;
import org.weir.method.MethodInfo.BaseRole;

final class MergeConfigTest {
    @Test
    void readsWhatMergekitReads() throws PlanException {
        MergeConfig config = read("""
                merge_method: ties
                models:
                  - model: org/one@main
                    parameters:
                      weight: [0.1, 0.9]
                      density:
                        - filter: mlp
                          value: [0.2, 0.8]
                        - value: 0.9
                  - model: /data/two
                base_model: org/base
                parameters:
                  weight: 0.5
                  lambda: 0.7
                dtype: float32
                out_dtype: torch.bfloat16
                """);
        assertEquals("ties", config.methodName());
        assertEquals(1, config.methodLine());
        assertEquals(List.of("org/one@main", "/data/two"), names(config.models()));
        assertEquals(
                List.of(3, 10), config.models().stream().map(ModelEntry::line).toList());
        assertEquals("org/base", config.baseModel().orElseThrow().model());
        assertEquals(11, config.baseModel().orElseThrow().line());
        assertEquals(14, setting(config.parameters(), "lambda").line());
        assertEquals(Optional.of(DType.F32), config.dtype());
        assertEquals(Optional.of(DType.BF16), config.outDtype());
        Setting density = setting(config.models().getFirst().parameters(), "density");
        assertEquals(6, density.line());
        assertEquals(2, density.rules().getFirst().values().size());
        assertEquals(Optional.of("mlp"), density.rules().getFirst().filter());
        assertEquals(Optional.empty(), density.rules().getLast().filter());
    }

    @Test
    void keepsTheSourceToTheByte() throws PlanException {
        String text = "\ufeff" + LINEAR.replace("\n", "\r\n") + "# ende: \u00e4\r\n";
        assertEquals(text, read(text).source());
    }

    @Test
    void whatIsNullIsNotGiven() throws PlanException {
        MergeConfig config = read(LINEAR + "base_model:\ndtype: null\nout_dtype: ~\n");
        assertEquals(Optional.empty(), config.baseModel());
        assertEquals(Optional.empty(), config.dtype());
        assertEquals(
                1,
                read("merge_method: x\nmodels: [{model: a, parameters: }]\nparameters: null\n")
                        .models()
                        .size());
    }

    @Test
    void aModelListedTwiceIsThereTwice() throws PlanException {
        assertEquals(
                List.of("a", "a"),
                names(read("merge_method: x\nmodels: [{model: a}, {model: a}]").models()));
    }

    @Test
    void anchorsAndMergeKeysSpareRepetition() throws PlanException {
        MergeConfig config = read("""
                merge_method: ties
                models:
                  - model: a
                    parameters: &p {weight: 0.5, density: 0.2}
                  - model: b
                    parameters: *p
                  - model: c
                    parameters: {<<: *p, density: 0.9}
                """);
        assertEquals(config.models().get(0).parameters(), config.models().get(1).parameters());
        assertEquals("0.5", word(setting(config.models().get(2).parameters(), "weight")));
        assertEquals("0.9", word(setting(config.models().get(2).parameters(), "density")));
    }

    @Test
    void aSingleRuleNeedsNoList() throws PlanException {
        MergeConfig config = read(LINEAR.replace("0.5", "{filter: mlp, value: 0.5}"));
        assertEquals(
                Optional.of("mlp"),
                setting(config.parameters(), "weight").rules().getFirst().filter());
    }

    @Test
    void modelsMayBeWrittenAsMergekitsMappings() throws PlanException {
        MergeConfig config = read("""
                merge_method: linear
                models:
                  - model: {path: a+b, revision: v2}
                  - model: {model: {path: c}}
                  - model: {model: d@main, lora: null}
                base_model: {model: {path: e, revision: 7}}
                """);
        assertEquals(List.of("a+b@v2", "c", "d@main"), names(config.models()));
        assertEquals("e@7", config.baseModel().orElseThrow().model());
    }

    @Test
    void namesTheSameKeysWhicheverIsMissingOrUnknown() {
        assertEquals(
                List.of(
                        "c.yml:3: models[0].model: a mapping without model or path",
                        "c.yml:3: unknown key 'weight' under models[0].model; expected one of lora, model,"
                                + " override_architecture, path, revision"),
                problems("""
                        merge_method: linear
                        models:
                          - model: {weight: 1}
                        """).stream().sorted().toList());
    }

    @Test
    void readsAPipeOnce(@TempDir Path folder) throws Exception {
        Path pipe = folder.resolve("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        Thread.ofVirtual().start(() -> {
            try {
                Files.writeString(pipe, LINEAR);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        assertEquals(LINEAR, MergeConfig.read(pipe).source());
    }

    @Test
    void saysInWordsWhyAFileCannotBeRead(@TempDir Path folder) throws IOException {
        Path loop = Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop"));
        for (Path file : List.of(Path.of("/proc/self/mem"), folder.resolve("x".repeat(300)), loop)) {
            String message = String.valueOf(refusal(file));
            assertFalse(message.contains("Exception"), message);
            assertFalse(message.endsWith(": " + file), message);
        }
    }

    @Test
    void refusesLoras() {
        assertEquals(
                List.of(
                        "c.yml:3: models[0].model: 'a+b' means a model with a LoRA added after the '+', which is not"
                                + " supported yet; where the '+' is part of the path, write {path: ...}",
                        "c.yml:4: models[1].model.lora is not supported yet",
                        "c.yml:5: models[2].model.override_architecture is not supported yet"),
                problems("""
                        merge_method: linear
                        models:
                          - model: a+b
                          - model: {model: a, lora: b}
                          - model: {model: a, override_architecture: b}
                        """));
    }

    @Test
    void refusesModelsThatAreNone() {
        assertEquals(
                List.of(
                        "c.yml:3: models[0]: found 'a', expected a mapping: '- model: PATH'",
                        "c.yml:4: models[1] has no model; write '- model: PATH'",
                        "c.yml:5: models[2].model: found a list, expected a path",
                        "c.yml:6: models[3] has no model; write '- model: PATH'",
                        "c.yml:7: models[4].model: found ' ', expected a path",
                        "c.yml:8: models[5].model: a mapping without model or path",
                        "c.yml:9: models[6].model: a mapping without model or path",
                        "c.yml:10: unknown key 'weight' under models[7]; expected one of model, parameters, statistics"),
                problems("""
                        merge_method: linear
                        models:
                          - a
                          - parameters: {weight: 1}
                          - model: [a]
                          - model:
                          - model: ' '
                          - model: {path: }
                          - model: {}
                          - {model: a, weight: 1}
                        """));
    }

    @Test
    void refusesUnknownKeysAndSaysWhatWasMeant() {
        assertEquals(
                List.of(
                        "c.yml:1: unknown key 'merge-method'; did you mean 'merge_method'?",
                        "c.yml:1: no merge_method; write one, such as merge_method: linear",
                        "c.yml:2: unknown key 'basemodel'; did you mean 'base_model'?",
                        "c.yml:3: unknown key 'frobnicate'; expected one of base_model, chat_template, dtype, merge_method,"
                                + " models, modules, name, out_dtype, parameters, slices, tokenizer, tokenizer_source",
                        "c.yml:5: unknown key 'modle' under models[0]; did you mean 'model'?",
                        "c.yml:5: models[0] has no model; write '- model: PATH'",
                        "c.yml:7: unknown key 'filtre' under parameters.weight; did you mean 'filter'?"),
                problems("""
                        merge-method: linear
                        basemodel: b
                        frobnicate: 3
                        models:
                          - modle: a
                        parameters:
                          weight: [{filtre: mlp, value: 1}]
                        """));
    }

    @Test
    void refusesAConfigWithoutMethodOrModels() {
        assertEquals(
                List.of(
                        "c.yml:2: no merge_method; write one, such as merge_method: linear",
                        "c.yml:2: no models; list them under models:, each as '- model: PATH'"),
                problems("\nbase_model: b\n"));
        assertEquals(
                List.of("c.yml:2: models: found an empty list, expected a list of models"),
                problems("merge_method: x\nmodels: []\n"));
        assertEquals(
                List.of("c.yml:2: models: found a mapping, expected a list of models"),
                problems("merge_method: x\nmodels: {a: 1}\n"));
        assertEquals(
                List.of("c.yml:1: merge_method: found a list, expected a word"),
                problems("merge_method: [x]\nmodels: [{model: a}]\n"));
    }

    @Test
    void refusesWhatIsNoConfigAtAll() {
        String expected = ", expected a config, such as merge_method: linear";
        assertEquals(List.of("c.yml: found nothing" + expected), problems(""));
        assertEquals(List.of("c.yml:1: found 'hello'" + expected), problems("hello\n"));
        assertEquals(List.of("c.yml:2: found a list" + expected), problems("\n- a\n"));
    }

    @Test
    void refusesSettingsOfTheWrongForm() {
        assertEquals(
                List.of(
                        "c.yml:4: parameters.a: found an empty list, expected a value",
                        "c.yml:5: parameters.b: found a list, expected a value",
                        "c.yml:6: parameters.c: found nothing, expected a value",
                        "c.yml:7: parameters.d: a rule without value; write {filter: ..., value: ...}",
                        "c.yml:8: parameters.e: found '3' among rules, expected {filter: ..., value: ...}",
                        "c.yml:9: parameters.f: found a mapping, expected a value",
                        "c.yml:10: parameters.g.filter: found a list, expected part of a tensor's name",
                        "c.yml:11: parameters.h: found nothing, expected a value",
                        "c.yml:12: parameters.i: found an empty list, expected a value"),
                problems("""
                        merge_method: linear
                        models: [{model: a}]
                        parameters:
                          a: []
                          b: [1, [2]]
                          c:
                          d: {filter: mlp}
                          e: [{value: 1}, 3]
                          f: {value: {value: 1}}
                          g: [{filter: [mlp], value: 1}]
                          h: [1, null]
                          i: [{value: []}]
                        """));
        assertEquals(
                List.of("c.yml:3: parameters: found 'x', expected a mapping"),
                problems("merge_method: linear\nmodels: [{model: a}]\nparameters: x\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"float64", "int64", "bf16", "auto", "torch.", "torch.torch.float32", "Float32"})
    void refusesOtherDtypes(String dtype) {
        assertEquals(
                List.of("c.yml:6: dtype: found '" + dtype + "', expected one of float32, float16, bfloat16"),
                problems(LINEAR + "dtype: " + dtype + "\n"));
    }

    @Test
    void tellsAllProblemsInTheOrderOfTheLines() {
        assertEquals(
                List.of("c.yml:1", "c.yml:4", "c.yml:5", "c.yml:6"),
                problems("dtype: x\nmerge_method: x\nmodels:\n- a\n- modell: b\n- {model: a, modell: b}\n").stream()
                        .map(line -> line.substring(0, 7))
                        .distinct()
                        .toList());
    }

    @Test
    void stopsTellingAfterFiftyProblems() {
        List<String> told = problems(LINEAR + "x: 1\n"
                + IntStream.range(0, 1000).mapToObj(i -> "key" + i + ": 1\n").collect(Collectors.joining()));
        assertEquals(51, told.size());
        assertEquals("c.yml: there are more problems; these are the first 50", told.getLast());
        assertTrue(told.getFirst().startsWith("c.yml:6:"));
    }

    @Test
    void namesAreEscapedAndCut() {
        assertEquals(
                List.of(
                        "c.yml:6: unknown key 'a\\u001b[31m\\u2028b'; expected one of base_model, chat_template, dtype, merge_method,"
                                + " models, modules, name, out_dtype, parameters, slices, tokenizer, tokenizer_source"),
                problems(LINEAR + "\"a\\e[31m\\u2028b\": 1\n"));
        String told = problems(LINEAR + "dtype: " + "x".repeat(100_000) + "\n").getFirst();
        assertTrue(told.length() < 250, told);
    }

    @Test
    void refusesFilesThatNoConfigIs(@TempDir Path folder) throws IOException {
        Path large =
                Files.write(folder.resolve("large.yml"), ("#" + " ".repeat(1 << 20)).getBytes(StandardCharsets.UTF_8));
        Path binary = Files.write(folder.resolve("binary.yml"), new byte[] {'a', ':', (byte) 0xc3, '\n'});
        assertEquals(large + ": larger than 1 MiB, which no config is", refusal(large));
        assertEquals(binary + ": not UTF-8 text", refusal(binary));
        assertEquals(folder + ": a folder, expected a YAML file", refusal(folder));
        assertEquals("/dev/zero: larger than 1 MiB, which no config is", refusal(Path.of("/dev/zero")));
        assertEquals(folder.resolve("none.yml") + ": no such file", refusal(folder.resolve("none.yml")));
    }

    @Test
    void readsAFileOfExactlyOneMebibyte(@TempDir Path folder) throws IOException, PlanException {
        String text = LINEAR + "#";
        Path file = folder.resolve("c.yml");
        Files.writeString(file, text + " ".repeat((1 << 20) - text.length()));
        assertEquals("linear", MergeConfig.read(file).methodName());
    }

    @Test
    void theBaseIsNoExpertWhereDifferencesAreTaken() throws PlanException {
        MergeConfig config = read("merge_method: x\nbase_model: b\nmodels: [{model: b}, {model: a}, {model: b}]\n");
        assertEquals(List.of("a"), names(config.slices().getFirst().experts(BaseRole.ORIGIN)));
        assertTrue(config.slices().getFirst().isBase(config.models().getFirst()));
        assertFalse(config.slices().getFirst().isBase(config.models().get(1)));
    }

    @Test
    void theBaseIsOneMoreInputWhereAllAreSummed() throws PlanException {
        MergeConfig listed = read("merge_method: x\nbase_model: b\nmodels: [{model: b}, {model: a}]\n");
        assertEquals(List.of("b", "a"), names(listed.slices().getFirst().experts(BaseRole.SUMMAND)));
        MergeConfig appended = read("merge_method: x\nbase_model: b\nmodels: [{model: a}]\n");
        assertEquals(List.of("a", "b"), names(appended.slices().getFirst().experts(BaseRole.SUMMAND)));
        assertEquals(List.of("a", "b"), names(read(LINEAR).slices().getFirst().experts(BaseRole.SUMMAND)));
    }

    private static @Nullable String refusal(Path file) {
        PlanException refused = assertThrows(PlanException.class, () -> MergeConfig.read(file));
        assertEquals(2, refused.exitCode());
        return refused.getMessage();
    }

    private static Setting setting(Map<String, Setting> parameters, String name) {
        return Objects.requireNonNull(parameters.get(name), name);
    }

    private static String word(Setting setting) {
        return setting.rules().getFirst().values().getFirst().text();
    }

    private static List<String> names(List<ModelEntry> entries) {
        return entries.stream().map(ModelEntry::model).toList();
    }
}
