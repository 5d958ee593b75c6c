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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that do not go together: all that is wrong is said at once, and what is wrong with many tensors in one line. */
class MisfitsTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void writeTheBase() throws IOException {
        write("base", Map.of("a", 4, "b", 4, "c", 4, "d", 4, "e", 4));
    }

    @Test
    void tensorsThatAreTooManyMissingOrOfAnotherShapeAreAllSaid() throws IOException {
        write("expert", Map.of("a", 4, "b", 5, "d", 4, "e", 4, "f", 4));
        Path base = folder.resolve("base");
        Path expert = folder.resolve("expert");
        Weir.Run run = Weir.tryMerge(
                folder,
                Config.of("linear").base(base).model(expert).with("weight: 1").toString());
        assertEquals(3, run.exitCode(), run.err());
        assertEquals(
                List.of(
                        "weir: tensor b: is [4] in " + base + " but [5] in " + expert,
                        "weir: tensor c: is [4] in " + base + " but missing from " + expert
                                + "; --allow-missing merges those that have it",
                        "weir: tensor f: is in " + expert + " ([4]) but not in " + base
                                + "; all models must have the same tensors, unless --allow-missing"),
                run.err().lines().sorted().toList());
    }

    @Test
    void aModelThatCannotBeOpenedIsNamedOnce() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        Weir.Run run = Weir.tryMerge(
                folder, Config.of("linear").model(empty).with("weight: 1").toString());
        assertEquals(3, run.exitCode(), run.err());
        assertTrue(run.err().startsWith("weir: " + empty + ": found no weights"), run.err());
    }

    @Test
    void modelsThatCannotBeOpenedAreAllSaidOnceInTheOrderOfTheConfig() throws IOException {
        Path base = folder.resolve("base");
        Config config = Config.of("linear").base(base);
        List<String> expected = new ArrayList<>();
        for (String name : List.of("x", "z", "y")) {
            Path model = Files.createDirectory(folder.resolve(name)).resolve("model.safetensors");
            Files.writeString(model, "short " + name);
            config.model(model.getParent());
            expected.add("weir: " + model.getParent() + ": " + model
                    + ": at byte 0: found a file of 7 bytes, expected at least 8");
        }
        config.model(folder.resolve("z")).with("weight: 1");
        Weir.Run run = Weir.tryMerge(folder, config.toString());
        assertEquals(3, run.exitCode(), run.err());
        assertEquals(expected, run.err().lines().toList());
    }

    @Test
    void aMissingParameterDoesNotHideAMisfit() throws IOException {
        write("expert", Map.of("a", 4, "b", 5, "c", 4, "d", 4, "e", 4));
        Weir.Run run = Weir.tryMerge(
                folder,
                Config.of("ties")
                        .base(folder.resolve("base"))
                        .model(folder.resolve("expert"))
                        .toString());
        assertEquals(2, run.exitCode(), run.err());
        assertTrue(run.err().contains("weight"), run.err());
        assertTrue(run.err().contains("tensor b: is [4] in"), run.err());
    }

    @Test
    void whatIsWrongWithManyTensorsIsOneLine() throws IOException {
        Map<String, Integer> many = new TreeMap<>(Map.of("a", 4));
        for (int i = 1; i <= 21; i++) {
            many.put("b%02d".formatted(i), 4);
        }
        write("many", many);
        write("expert", Map.of("a", 4));
        Path base = folder.resolve("many");
        Path expert = folder.resolve("expert");
        Weir.Run run = Weir.tryMerge(
                folder,
                Config.of("linear").base(base).model(expert).with("weight: 1").toString());
        assertEquals(
                List.of("weir: tensor b01 and 20 more: is [4] in " + base + " but missing from " + expert
                        + "; --allow-missing merges those that have it"),
                run.err().lines().toList());
    }

    @Test
    void aConfigThatIsWrongForAllTensorsIsOneLine() throws IOException {
        Path base = folder.resolve("base");
        Weir.Run run = Weir.tryMerge(
                folder,
                Config.of("linear")
                        .model(base, "weight: 1")
                        .model(base, "weight: -1")
                        .toString());
        List<String> lines =
                run.err().lines().filter(line -> line.contains("sum to 0")).toList();
        assertEquals(1, lines.size(), run.err());
        assertTrue(
                lines.getFirst().contains("config.yml:1: tensor a and 4 more: the weights sum to 0"), lines.getFirst());
    }

    private void write(String name, Map<String, Integer> lengths) throws IOException {
        Map<String, Tensor> tensors = new TreeMap<>();
        lengths.forEach((tensor, length) -> tensors.put(tensor, Tensor.of(Format.F32, List.of(length), i -> i)));
        new Model(tensors).write(folder.resolve(name), 1);
    }
}
