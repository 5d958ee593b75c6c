package org.weir.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A config keeps every byte but the dtype's. */
class ConfigJsonTest {
    @TempDir
    Path folder;

    @Test
    void replacesTheDtypeAndKeepsEveryOtherByte() throws IOException {
        String before = "{\r\n"
                + "\t\"a\" : 1.50e+3 ,\"\u00e9\\u00e9\":\"\ud83d\ude00\", \"torch_dtype\" : \"float16\" ,\n\n"
                + " \"z\":[ ]}\n\n";
        assertEquals(before.replace("\"float16\"", "\"bfloat16\""), spliced(before, DType.BF16));
    }

    @Test
    void replacesBothKeysAndThoseOfNestedConfigs() throws IOException {
        String before =
                "{\"dtype\":\"float32\",\"text_config\":{\"torch_dtype\":\"float32\",\"rope_config\":{\"dtype\":\"float32\"}},"
                        + "\"torch_dtype\":null}";
        String after = before.replace("\"float32\"", "\"float16\"").replace("null", "\"float16\"");
        assertEquals(after, spliced(before, DType.F16));
    }

    @Test
    void leavesDtypesAloneThatAreNotTheModels() throws IOException {
        String before = "{\"quantization_config\":{\"dtype\":\"int8\"},\"other\":{\"dtype\":\"int8\"},"
                + "\"x_config\":[{\"dtype\":\"int8\"}],\"dtypes\":\"int8\",\"a\":{\"b_config\":{\"dtype\":\"int8\"}},\"dtype\":{\"dtype\":\"int8\"}}";
        assertEquals(before, spliced(before, DType.F32));
    }

    @Test
    void staysAsItIsWithoutADtype() throws IOException {
        assertEquals(" {} ", spliced(" {} ", DType.F64));
    }

    @Test
    void spellsDtypesAsTorchDoes() throws IOException {
        String before = "{\"dtype\":\"x\"}";
        assertEquals("{\"dtype\":\"bfloat16\"}", spliced(before, DType.BF16));
        assertEquals("{\"dtype\":\"float16\"}", spliced(before, DType.F16));
        assertEquals("{\"dtype\":\"float32\"}", spliced(before, DType.F32));
        assertEquals("{\"dtype\":\"float64\"}", spliced(before, DType.F64));
        assertThrows(IllegalArgumentException.class, () -> spliced(before, DType.F6_E2M3));
    }

    @Test
    void knowsTheNumberOfLayers() throws IOException {
        assertEquals(OptionalInt.of(32), read("{\"num_hidden_layers\":32}").layers());
        assertEquals(
                OptionalInt.of(7),
                read("{\"text_config\":{\"num_hidden_layers\":7}}").layers());
        assertEquals(
                OptionalInt.empty(),
                read("{\"vision_config\":{\"num_hidden_layers\":7}}").layers());
        assertEquals(OptionalInt.empty(), read("{}").layers());
    }

    @Test
    void takesTheLayersOfTheTopFirst() throws IOException {
        assertEquals(
                OptionalInt.of(1),
                read("{\"num_hidden_layers\":1,\"text_config\":{\"num_hidden_layers\":2}}")
                        .layers());
        assertEquals(
                OptionalInt.of(1),
                read("{\"text_config\":{\"num_hidden_layers\":2},\"num_hidden_layers\":1}")
                        .layers());
    }

    @Test
    void changesTheNumberOfLayersAndTheListsThatGoAlongThem() throws IOException {
        String before = "{\"num_hidden_layers\": 2 ,\"layer_types\":[\"x\" , \"y\"],\"layers_of_others\":[1],"
                + "\"eos_token_id\":[1,2],\"vision_config\":{\"num_hidden_layers\":2,\"layer_types\":[1,2]}}";
        assertEquals(
                Map.of("layer_types", List.of("\"x\"", "\"y\"")), read(before).layerLists());
        assertEquals(
                before.replaceFirst("2 ", "3 ").replace("\"x\" , \"y\"", "\"y\", \"y\", \"x\""),
                text(read(before).withLayers(3, Map.of("layer_types", List.of("\"y\"", "\"y\"", "\"x\"")))));
        assertEquals("{\"n_layer\":7}", text(read("{\"n_layer\":5}").withLayers(7, Map.of())));
        assertEquals(
                "{\"text_config\":{\"num_hidden_layers\":7}}",
                text(read("{\"text_config\":{\"num_hidden_layers\":5}}").withLayers(7, Map.of())));
    }

    @Test
    void changesTheVocabularyAndWhetherTheHeadIsTied() throws IOException {
        assertEquals(OptionalLong.of(61), read("{\"vocab_size\":61}").vocabulary());
        assertEquals(OptionalLong.empty(), read("{\"vocab_size\":null}").vocabulary());
        assertEquals("{\"vocab_size\":64}", text(read("{\"vocab_size\":61}").withVocabulary(64)));
        assertEquals("{}", text(read("{}").withVocabulary(64)));
        assertEquals(Optional.of(true), read("{\"tie_word_embeddings\":true}").tied());
        assertEquals(
                "{\"tie_word_embeddings\":false}",
                text(read("{\"tie_word_embeddings\":true}").withTied(false)));
        assertEquals(
                "{\"tie_word_embeddings\": false, \"a\":1}",
                text(read("{\"a\":1}").withTied(false)));
    }

    @Test
    void seesQuantization() throws IOException {
        assertTrue(read("{\"quantization_config\":{\"bits\":4}}").quantized());
        assertTrue(read("{\"text_config\":{\"quantization_config\":{}}}").quantized());
        assertFalse(read("{\"quantization_config\":null}").quantized());
        assertFalse(read("{}").quantized());
    }

    @Test
    void acceptsWhatPythonWritesThoughItIsNotJson() throws IOException {
        String before = "{\"time_step_limit\":[0.0,Infinity],\"x\":NaN,\"y\":-Infinity,\"dtype\":\"float32\"}";
        assertEquals(before.replace("float32", "float16"), spliced(before, DType.F16));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{", "{}{}", "{\"num_hidden_layers\":1.5}"})
    void refusesWhatItCannotUnderstand(String text) {
        MalformedCheckpointException e = assertThrows(MalformedCheckpointException.class, () -> read(text));
        assertTrue(e.getMessage().startsWith(folder.resolve("config.json") + ": at byte "), e.getMessage());
    }

    @Test
    void copiesARealConfigUnchanged() throws IOException {
        String text = "{\n  \"architectures\": [\n    \"LlamaForCausalLM\"\n  ],\n  \"torch_dtype\": \"bfloat16\"\n}\n";
        assertArrayEquals(
                text.getBytes(StandardCharsets.UTF_8),
                read(text).withDtype(DType.BF16).bytes());
    }

    private String spliced(String text, DType dtype) throws IOException {
        return new String(read(text).withDtype(dtype).bytes(), StandardCharsets.UTF_8);
    }

    private static String text(ConfigJson config) {
        return new String(config.bytes(), StandardCharsets.UTF_8);
    }

    private ConfigJson read(String text) throws IOException {
        return ConfigJson.read(Files.writeString(folder.resolve("config.json"), text));
    }
}
