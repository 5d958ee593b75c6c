package org.weir.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** In what form a result is written: dtype and shards change the files, never the numbers before the last rounding. */
class OutputLawsTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"float16, F16", "bfloat16, BF16", "float32, F32"})
    void dtypeIsOneRoundingOfTheF32Result(String dtype, Format format) throws IOException {
        Model exact = Weir.merge(folder, ties("micro-f32").toString());
        Model expected = exact.map(tensor -> Tensor.of(format, tensor.shape(), i -> format.round(tensor.at(i))));
        assertEquals(expected, Weir.merge(folder, ties("micro-f32").dtype(dtype).toString()));
        assertEquals(
                expected, Weir.merge(folder, ties("micro-f32").outDtype(dtype).toString()));
        assertEquals(
                expected,
                Weir.merge(
                        folder,
                        ties("micro-f32").dtype("float32").outDtype(dtype).toString()));
    }

    /** The mean of two neighbours of 16 bits lies halfway between them. */
    @ParameterizedTest
    @CsvSource({"micro, BF16", "micro-f16, F16"})
    void numbersHalfwayBetweenTwoRoundToTheEvenOne(String models, Format format) throws IOException {
        Path all = Goldens.path("models").resolve(models);
        Config mean = Config.of("linear").models(List.of(all.resolve("e1"), all.resolve("e2")), "weight: 1");
        Model rounded = Weir.merge(folder, mean.toString());
        Model exact = Weir.merge(folder, mean.dtype("float32").toString());
        long halfway = exact.values()
                .filter(x -> Math.abs(format.round(x) - x) == format.ulp(x) / 2)
                .count();
        assertTrue(halfway > 100, halfway + " halfway");
        assertEquals(exact.map(tensor -> Tensor.of(format, tensor.shape(), tensor::at)), rounded);
    }

    @ParameterizedTest
    @CsvSource({"micro", "micro-f16"})
    void sixteenBitInputsAreMergedExactlyIntoF32(String models) throws IOException {
        Config config = ties(models).dtype("float32");
        Reference reference = new Reference(CaseConfig.parse(config.toString()), Goldens::model);
        Model merged = Weir.merge(folder, config.toString());
        merged.tensors().forEach((name, tensor) -> {
            assertEquals(Format.F32, tensor.format());
            Closeness.assertSame(name, tensor, reference.merge(name));
        });
    }

    /** As in mergekit; of models without a base, the type that holds the values of all. */
    @ParameterizedTest
    @CsvSource({"task_arithmetic, weight: 1, BF16", "slerp, t: 0.5, BF16", "linear, weight: 1, F32"})
    void ofDifferentDtypesTheBasesIsTheResults(String method, String parameter, Format format) throws IOException {
        Config config = Config.of(method)
                .base(Goldens.path("models").resolve("micro/base"))
                .model(Goldens.path("models").resolve("micro-f32/e1"))
                .with(parameter);
        Weir.merge(folder, config.toString())
                .tensors()
                .forEach((name, tensor) -> assertEquals(format, tensor.format(), name));
    }

    @Test
    void configJsonNamesTheDtypeOfTheWeights() throws IOException {
        for (String dtype : List.of("float16", "bfloat16", "float32")) {
            Path out = Weir.mergeFolder(folder, ties("micro").dtype(dtype).toString());
            JsonNode config = JsonMapper.shared().readTree(Files.readString(out.resolve("config.json")));
            assertEquals(dtype, config.get("torch_dtype").stringValue());
            assertEquals(2, config.get("num_hidden_layers").intValue());
        }
    }

    @ParameterizedTest
    @CsvSource({"6000", "10000", "30000", "1"})
    void shardsHoldTheSameTensorsAndStayUnderTheLimit(long limit) throws IOException {
        String config = ties("micro-f32").toString();
        Model whole = Weir.merge(folder, config);
        Path out = Weir.mergeFolder(folder, config, "--out-shard-size", Long.toString(limit));
        assertEquals(whole, Model.read(out));

        JsonNode index = JsonMapper.shared().readTree(Files.readString(out.resolve("model.safetensors.index.json")));
        long bytes = whole.tensors().values().stream()
                .mapToLong(tensor -> tensor.bytes().capacity())
                .sum();
        assertEquals(bytes, index.get("metadata").get("total_size").longValue());
        List<Path> shards;
        try (Stream<Path> files = Files.list(out)) {
            shards = files.filter(file -> file.toString().endsWith(".safetensors"))
                    .sorted()
                    .toList();
        }
        for (int i = 0; i < shards.size(); i++) {
            assertEquals(
                    String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", i + 1, shards.size()),
                    shards.get(i).getFileName().toString());
            Model shard = Model.read(shards.get(i));
            long size = shard.tensors().values().stream()
                    .mapToLong(tensor -> tensor.bytes().capacity())
                    .sum();
            assertTrue(size <= limit || shard.tensors().size() == 1, shards.get(i) + " holds " + size);
        }
    }

    private static Config ties(String models) {
        Path all = Goldens.path("models").resolve(models);
        return Config.of("ties")
                .base(all.resolve("base"))
                .model(all.resolve("e1"), "weight: 0.75", "density: 0.5")
                .model(all.resolve("e2"), "weight: 0.5", "density: 0.3");
    }
}
