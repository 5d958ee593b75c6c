package org.weir.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tensors that some models lack, or have in other shapes: refused, or merged by a rule that was asked for. */
class AccountTest {
    @TempDir
    private Path folder;

    private Path write(String name, Map<String, List<Integer>> shapes) throws IOException {
        Map<String, Tensor> tensors = new TreeMap<>();
        shapes.forEach((tensor, shape) -> {
            Random random = new Random(31L * name.hashCode() + tensor.hashCode());
            tensors.put(tensor, Tensor.of(Format.F32, shape, _ -> random.nextInt(-100, 100) / 64.0));
        });
        new Model(tensors).write(folder.resolve(name), 1);
        return folder.resolve(name);
    }

    private Path vectors(String name, String... tensors) throws IOException {
        Map<String, List<Integer>> shapes = new TreeMap<>();
        for (String tensor : tensors) {
            shapes.put(tensor, List.of(500));
        }
        return write(name, shapes);
    }

    private JsonNode plan(Config config, String... options) throws IOException {
        Path file = Files.writeString(folder.resolve("config.yml"), config.toString());
        List<String> args = new ArrayList<>(List.of("plan", file.toString(), "--log-format", "json"));
        args.addAll(List.of(options));
        Weir.Run run = Weir.run(args);
        assertEquals(0, run.exitCode(), run.err());
        return JsonMapper.shared().readTree(run.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"task_arithmetic", "ties", "dare_linear", "dare_ties"})
    void aTensorIsMergedOfThoseThatHaveIt(String method) throws IOException {
        Path base = vectors("base", "all", "first", "second", "none");
        Path one = vectors("one", "all", "first", "extra");
        Path two = vectors("two", "all", "second");
        Config config = Config.of(method).base(base).with("density: 0.5");
        config.model(one, "weight: 0.5").model(two, "weight: 0.75");
        Weir.Run refused = Weir.tryMerge(folder, config.toString());
        assertEquals(3, refused.exitCode(), refused.err());
        for (String tensor :
                List.of("tensor first:", "tensor second:", "tensor none:", "tensor extra:", "--allow-missing")) {
            assertTrue(refused.err().contains(tensor), refused.err());
        }

        Model merged = Weir.merge(folder, config.toString(), "--allow-missing");
        assertEquals(Set.of("all", "first", "second", "none"), merged.tensors().keySet());
        Model origin = Model.read(base);
        assertEquals(origin.tensor("none"), merged.tensor("none"));
        // who lacks a tensor changes it as little as who left it as it was, but counts in no divisor
        Model full = complete(origin, one);
        Model other = complete(origin, two);
        full.write(folder.resolve("one-full"), 1);
        other.write(folder.resolve("two-full"), 1);
        Config alike = Config.of(method).base(base).with("density: 0.5");
        alike.model(folder.resolve("one-full"), "weight: 0.5").model(folder.resolve("two-full"), "weight: 0.75");
        assertEquals(Weir.merge(folder, alike.toString()), merged);
    }

    private static Model complete(Model base, Path part) throws IOException {
        Map<String, Tensor> own = Model.read(part).tensors();
        Map<String, Tensor> tensors = new TreeMap<>(base.tensors());
        tensors.replaceAll((name, tensor) -> own.getOrDefault(name, tensor));
        return new Model(tensors);
    }

    @Test
    void aMeanIsOfThoseThatHaveIt() throws IOException {
        Path one = vectors("one", "all", "first");
        Path two = vectors("two", "all", "second");
        Config config = Config.of("linear").model(one, "weight: 1").model(two, "weight: 3");
        assertEquals(3, Weir.tryMerge(folder, config.toString()).exitCode());
        Model merged = Weir.merge(folder, config.toString(), "--allow-missing");
        assertEquals(Set.of("all", "first", "second"), merged.tensors().keySet());
        assertEquals(Model.read(one).tensor("first"), merged.tensor("first"));
        assertEquals(Model.read(two).tensor("second"), merged.tensor("second"));
        assertNotEquals(Model.read(two).tensor("all"), merged.tensor("all"));
    }

    @Test
    void thePlanAccountsForEveryTensorOfEveryInput() throws IOException {
        Path base = vectors("base", "all", "first", "second", "none");
        Path one = vectors("one", "all", "first", "extra", "more");
        Path two = vectors("two", "all", "second", "more");
        Config config =
                Config.of("ties").base(base).with("weight: 1").model(one).model(two);
        JsonNode plan = plan(config, "--allow-missing");
        Map<String, Long> counts = new TreeMap<>();
        plan.get("tensors").forEachEntry((treatment, count) -> counts.put(treatment, count.longValue()));
        assertEquals(
                Map.of(
                        "merged by ties",
                        1L,
                        "merged by ties, of the models that have it (--allow-missing)",
                        2L,
                        "copied: no other has it, so the base's is taken (--allow-missing)",
                        1L,
                        "left out of " + one + ": not in the base (--allow-missing)",
                        2L,
                        "left out of " + two + ": not in the base (--allow-missing)",
                        1L),
                counts);
        Set<String> named = new TreeSet<>();
        plan.get("exceptions").forEachEntry((treatment, names) -> names.forEach(name -> named.add(name.stringValue())));
        assertEquals(Set.of("first", "second", "none", "extra", "more"), named);
    }

    /** Of each input: how many of its tensors go which way; the same in the plan and in the manifest. */
    private Map<String, Map<String, Long>> accounts(String config, String... options) throws IOException {
        Path file = Files.writeString(folder.resolve("config.yml"), config);
        Path out = Files.createTempDirectory(folder, "account").resolve("out");
        List<String> plan = new ArrayList<>(List.of("plan", file.toString(), "--log-format", "json"));
        List<String> merge = new ArrayList<>(List.of("merge", file.toString(), out.toString()));
        plan.addAll(List.of(options));
        merge.addAll(List.of(options));
        Weir.Run planned = Weir.run(plan);
        Weir.Run merged = Weir.run(merge);
        assertEquals(0, merged.exitCode(), planned.err() + merged.err());
        JsonNode manifest = JsonMapper.shared().readTree(out.resolve("merge-manifest.json"));
        Map<String, Map<String, Long>> accounts = accounts(manifest);
        assertEquals(accounts(JsonMapper.shared().readTree(planned.out())), accounts);
        long leftOut = accounts.values().stream()
                .flatMap(each -> each.entrySet().stream())
                .filter(each -> each.getKey().startsWith("left out: "))
                .mapToLong(Map.Entry::getValue)
                .sum();
        assertEquals(leftOut, manifest.get("leftOut").size());
        for (Map.Entry<String, Map<String, Long>> input : accounts.entrySet()) {
            int tensors = Model.read(Path.of(input.getKey())).tensors().size();
            assertEquals(
                    tensors,
                    input.getValue().values().stream().mapToLong(way -> way).sum(),
                    input.getKey());
        }
        return accounts;
    }

    private static Map<String, Map<String, Long>> accounts(JsonNode json) {
        Map<String, Map<String, Long>> accounts = new TreeMap<>();
        for (JsonNode input : json.get("inputs")) {
            Map<String, Long> ways = new TreeMap<>();
            input.get("tensors").forEachEntry((way, count) -> ways.put(way, count.longValue()));
            accounts.put(input.get("reference").stringValue(), ways);
        }
        return accounts;
    }

    @Test
    void tensorsThatSomeModelsLackAreAccountedFor() throws IOException {
        Path base = vectors("base", "all", "first", "none");
        Path one = vectors("one", "all", "first", "extra");
        Path two = vectors("two", "all");
        Config config =
                Config.of("ties").base(base).with("weight: 1").model(one).model(two);
        assertEquals(
                Map.of(
                        base.toString(),
                        Map.of(
                                "merged by ties", 1L,
                                "merged by ties, of the models that have it (--allow-missing)", 1L,
                                "copied: no other has it, so the base's is taken (--allow-missing)", 1L),
                        one.toString(),
                        Map.of(
                                "merged by ties", 1L,
                                "merged by ties, of the models that have it (--allow-missing)", 1L,
                                "left out: not in the base (--allow-missing)", 1L),
                        two.toString(),
                        Map.of("merged by ties", 1L)),
                accounts(config.toString(), "--allow-missing"));
    }

    @Test
    void expertsThatAFactorOfZeroLeavesOutAreAccountedFor() throws IOException {
        Path base = vectors("base", "a", "b");
        Path one = vectors("one", "a", "b");
        Config config =
                Config.of("task_arithmetic").base(base).model(one, "weight: 1").with("lambda: 0");
        assertEquals(
                Map.of(
                        base.toString(), Map.of("copied: lambda is 0, so the base's is taken", 2L),
                        one.toString(), Map.of("left out: lambda is 0, so the base's is taken", 2L)),
                accounts(config.toString()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void codesAreAccountedFor(boolean agree) throws IOException {
        Path base = codes("base", 1);
        Path one = codes("one", agree ? 1 : 2);
        Config config = Config.of("task_arithmetic").base(base).model(one, "weight: 1");
        String copied = agree ? "copied: U8 tensors are not merged, all inputs agree" : COPIED_FROM_BASE;
        String theirs = agree ? copied : COPIED_FROM_BASE.replace("copied", "left out");
        String[] options = agree ? new String[] {} : new String[] {"--copy-from-base"};
        assertEquals(
                Map.of(
                        base.toString(), Map.of("merged by task_arithmetic", 1L, copied, 1L),
                        one.toString(), Map.of("merged by task_arithmetic", 1L, theirs, 1L)),
                accounts(config.toString(), options));
    }

    private static final String COPIED_FROM_BASE = "copied: U8 tensors are not merged (--copy-from-base)";

    private Path codes(String name, int code) throws IOException {
        Tensor codes = new Tensor(Format.U8, List.of(5), ByteBuffer.wrap(new byte[] {1, 2, 3, 4, (byte) code}));
        Tensor floats = Tensor.of(Format.F32, List.of(3), i -> code + i);
        new Model(Map.of("codes", codes, "floats", floats)).write(folder.resolve(name), 1);
        return folder.resolve(name);
    }

    @Test
    void layersThatNoSliceTakesAreAccountedFor() throws IOException {
        Path one = vectors("one", "embed", "model.layers.0.w", "model.layers.1.w", "norm");
        Path two = vectors("two", "embed", "model.layers.0.w", "model.layers.1.w", "norm");
        String config = """
                merge_method: passthrough
                slices:
                - sources: [{model: %s, layer_range: [0, 1]}]
                - sources: [{model: %s, layer_range: [1, 2]}]
                """.formatted(one, two);
        Map<String, Map<String, Long>> accounts = accounts(config);
        for (Path model : List.of(one, two)) {
            Map<String, Long> ways = accounts.get(model.toString());
            assertEquals(
                    Set.of("merged by passthrough", "left out: no slice takes it"), ways.keySet(), ways.toString());
        }
    }

    @Test
    void statisticsAreAccountedFor() throws IOException {
        Path one = vectors("one", "a", "b");
        Path measured = vectors("measured", "a", "b", "c");
        Config config = Config.of("fisher").with("floor: 100");
        String text = config + "models: [{model: %s, statistics: %s}]%n".formatted(one, measured);
        assertEquals(
                Map.of(
                        one.toString(),
                        Map.of("merged by fisher", 2L),
                        measured.toString(),
                        Map.of("merged by fisher", 2L, "left out: no tensor of the result needs it", 1L)),
                accounts(text.replaceFirst("models:\n", "")));
    }

    @ParameterizedTest
    @CsvSource({"linear, 7, 5, 5", "linear, 5, 7, 5", "task_arithmetic, 5, 7, 5"})
    void theFirstRowsAreMergedWhereThatIsAllowed(String method, int ofBase, int ofExpert, int rows) throws IOException {
        Path base = write("base", Map.of("t", List.of(ofBase, 8), "u", List.of(ofBase)));
        Path expert = write("expert", Map.of("t", List.of(ofExpert, 8), "u", List.of(ofExpert)));
        Config config =
                Config.of(method).base(base).model(expert, "weight: 0.5").with("weight: 0.5");
        Weir.Run refused = Weir.tryMerge(folder, config.toString());
        assertEquals(3, refused.exitCode());
        assertTrue(refused.err().contains("tensor t: is [" + ofBase + ", 8]"), refused.err());
        Model merged = Weir.merge(folder, config.toString(), "--allow-shape-mismatch", "submatrix");
        Tensor b = Model.read(base).tensor("t");
        Tensor e = Model.read(expert).tensor("t");
        assertEquals(List.of(rows, 8), merged.tensor("t").shape());
        assertEquals(List.of(rows), merged.tensor("u").shape());
        for (int i = 0; i < 8 * rows; i++) {
            assertEquals((b.at(i) + e.at(i)) / 2, merged.tensor("t").at(i));
        }
    }

    @Test
    void otherShapesAndAnExpertWithFewerRowsThanTheBaseAreRefusedAllTheSame() throws IOException {
        Path base = write("base", Map.of("t", List.of(7, 8), "u", List.of(8, 7), "v", List.of(4, 4)));
        Path expert = write("expert", Map.of("t", List.of(5, 8), "u", List.of(8, 5), "v", List.of(16)));
        Config config = Config.of("task_arithmetic").base(base).model(expert, "weight: 0.5");
        Weir.Run run = Weir.tryMerge(folder, config.toString(), "--allow-shape-mismatch", "submatrix");
        assertEquals(3, run.exitCode());
        for (String tensor : List.of("tensor t: is [7, 8]", "tensor u: is [8, 7]", "tensor v: is [4, 4]")) {
            assertTrue(run.err().contains(tensor), run.err());
        }
    }
}
