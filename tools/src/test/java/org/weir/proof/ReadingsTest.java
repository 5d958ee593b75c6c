package org.weir.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a plan says will be read is what the merge then reads, but for samples and single blocks. */
class ReadingsTest {
    private static final long BLOCK = 1 << 18;
    /** Up to which magnitudes are listed, not counted. */
    private static final int LISTED = 1 << 14;
    /** Around which something else is done: a norm, small matrices, one and several blocks. */
    private static final List<Integer> SIZES = List.of(64, 5000, 70_000, 200_000, 262_144, 300_000, 1_000_000);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "F32, 1, tensor",
        "F32, 3, tensor",
        "F32, 12, tensor",
        "BF16, 1, tensor",
        "BF16, 3, tensor",
        "BF16, 12, tensor",
        "F16, 2, tensor",
        "F32, 2, model",
        "BF16, 2, model"
    })
    void areAsManyAsAnnounced(Format format, int experts, String scope) throws IOException {
        Random random = new Random(1);
        Model base = random(format, random);
        base.write(folder.resolve("base"), 1);
        Config config = Config.of("ties").base(folder.resolve("base"));
        for (int k = 0; k < experts; k++) {
            Path expert = folder.resolve("expert" + k);
            base.map(tensor -> Tensor.of(format, tensor.shape(), i -> tensor.at(i) + 2e-4 * random.nextGaussian()))
                    .write(expert, 1);
            config.model(expert, "weight: 1", "density: 0.2");
        }
        Path file = Files.writeString(
                folder.resolve("ties.yml"), config.with("trim_scope: " + scope).toString());
        long announced = json("plan", file.toString()).get("readBytes").longValue();
        long read = json("merge", file.toString(), folder.resolve("out").toString())
                .get("readBytes")
                .longValue();
        // Where equals lie on the threshold, each expert has one block looked at once more, to find the last to stay.
        // Differences of F16 lie so close that a sample may guess the one beside the threshold: a whole reading more.
        long perTensor = format == Format.F16 ? Long.MAX_VALUE : experts * BLOCK;
        long again = SIZES.stream()
                .filter(elements -> elements > LISTED)
                .mapToLong(elements -> Math.min(elements, perTensor))
                .sum();
        long samples = announced / 100;
        long most = announced + again * (experts + 1) * format.bytes() + samples;
        assertTrue(read >= announced && read <= most, read + " read, " + announced + " announced, at most " + most);
    }

    private static Model random(Format format, Random random) {
        Map<String, Tensor> tensors = new TreeMap<>();
        for (int elements : SIZES) {
            tensors.put("t" + elements, Tensor.of(format, List.of(elements), i -> 0.02 * random.nextGaussian()));
        }
        return new Model(tensors);
    }

    private static JsonNode json(String... command) {
        List<String> args = new ArrayList<>(List.of(command));
        args.addAll(List.of("--log-format", "json", "--quiet"));
        Weir.Run run = Weir.run(args);
        assertEquals(0, run.exitCode(), run.err());
        return JsonMapper.shared().readTree(run.out());
    }
}
