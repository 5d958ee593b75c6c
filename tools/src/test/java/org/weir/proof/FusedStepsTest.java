package org.weir.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A step that is computed as the next one reads it gives the bytes of one that is written and read again. */
@TestInstance(Lifecycle.PER_CLASS)
class FusedStepsTest {
    private static final Map<String, List<Integer>> SHAPES = Map.of(
            "scalar", List.of(),
            "vector", List.of(5),
            "row", List.of(1, 7),
            "cube", List.of(3, 7, 11),
            "matrix", List.of(67, 301),
            "long", List.of(270_001));

    private static final String FUSED = "computed as result reads it";

    private Path models = Path.of("");

    @TempDir
    private Path folder;

    @BeforeAll
    void writeTheModels(@TempDir Path shared) throws IOException {
        models = shared;
        for (Format format : List.of(Format.F32, Format.BF16, Format.F16)) {
            Random random = new Random(3);
            Model base = model(format, i -> random.nextGaussian());
            base.write(models.resolve(format + "/base"), 1);
            for (int k = 1; k <= 4; k++) {
                Map<String, Tensor> tensors = new TreeMap<>();
                base.tensors()
                        .forEach((name, tensor) -> tensors.put(
                                name,
                                Tensor.of(
                                        format,
                                        tensor.shape(),
                                        i -> tensor.at(i)
                                                + (random.nextInt(4) == 0 ? 0 : 0.02 * random.nextGaussian()))));
                new Model(tensors).write(models.resolve(format + "/e" + k), 1 + k % 2);
            }
        }
    }

    private static Model model(Format format, IntToDoubleFunction value) {
        Map<String, Tensor> tensors = new TreeMap<>();
        new TreeMap<>(SHAPES).forEach((name, shape) -> tensors.put(name, Tensor.of(format, shape, value)));
        return new Model(tensors);
    }

    /** A document that merges the base, if it has one, with the models. */
    private String document(
            String name, String method, String base, List<String> experts, String parameters, Format of) {
        StringBuilder text = new StringBuilder(name.isEmpty() ? "" : "name: " + name + "\n");
        text.append("merge_method: ").append(method).append('\n');
        if (!base.isEmpty()) {
            text.append("base_model: ").append(path(base, of)).append('\n');
        }
        text.append("models:\n");
        experts.forEach(
                each -> text.append("  - model: ").append(path(each, of)).append('\n'));
        return text.append("parameters: {").append(parameters).append("}\n").toString();
    }

    private String path(String model, Format format) {
        Path path = models.resolve(format.toString()).resolve(model);
        return Files.exists(path) ? path.toString() : model;
    }

    private String twoSteps(String first, String firstParameters, String last, String lastParameters, Format format) {
        return document(
                        "mean",
                        first,
                        first.equals("linear") ? "" : "base",
                        List.of("e1", "e2"),
                        firstParameters,
                        format)
                + "---\n"
                + document(
                        "", last, last.equals("linear") ? "" : "base", List.of("mean", "e3"), lastParameters, format);
    }

    /** That it is fused, and that it gives what it gives when the step is kept, and so written. */
    private Model assertSameAsWritten(String config, String... options) throws IOException {
        Path place = Files.createTempDirectory(folder, "fused");
        Path file = Files.writeString(place.resolve("c.yml"), config);
        List<String> merge = new ArrayList<>(
                List.of("merge", file.toString(), place.resolve("out").toString()));
        merge.addAll(List.of(options));
        Weir.Run run = Weir.run(merge);
        assertEquals(0, run.exitCode(), () -> config + run.err());
        assertTrue(run.err().contains(FUSED), run.err());
        List<String> kept = new ArrayList<>(List.of(options));
        kept.addAll(List.of("-I", place.resolve("kept").toString()));
        Model fused = Model.read(place.resolve("out"));
        assertEquals(Weir.merge(folder, config, kept.toArray(String[]::new)), fused, config);
        return fused;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            linear          | weight: 0.3                 | linear           | weight: 0.5               | F32
            linear          | weight: 0.3                 | ties             | weight: 0.5, density: 0.2 | BF16
            linear          | weight: 0.3                 | ties             | weight: 0.5, density: 0.2 | F32
            task_arithmetic | weight: 0.5, lambda: 0.7    | ties             | weight: 1, density: 0.2, trim_scope: model | F16
            task_arithmetic | weight: -0.5                | dare_ties        | weight: 0.5, density: 0.5 | BF16
            dare_linear     | weight: 0.5, density: 0.4   | task_arithmetic  | weight: 0.5               | BF16
            dare_ties       | weight: 0.5, density: 0.4   | della            | weight: 0.5, density: 0.5 | F32
            magmax          | lambda: 1                   | della_linear     | weight: 0.5, density: 0.5 | BF16
            linear          | weight: 0.3                 | sce              | select_topk: 0.3          | F16
            linear          | weight: 0.3                 | model_stock      | filter_wise: false        | BF16
            linear          | weight: 0.3                 | model_stock      | filter_wise: true         | F32
            task_arithmetic | weight: 0.5                 | karcher          | tol: 0.001                | F32
            task_arithmetic | weight: 0.5                 | multislerp       | weight: 0.5               | BF16
            ram             | epsilon: 0.01               | breadcrumbs_ties | weight: 0.5, density: 0.5 | BF16
            linear          | weight: 1                   | ramplus_tl       | epsilon: 0.01             | F32
            linear          | weight: 1                   | consensus        | lambda: 0.5               | BF16
            """)
    void everyPairOfMethodsGivesTheSameBytes(
            String first, String firstParameters, String last, String lastParameters, Format format)
            throws IOException {
        assertSameAsWritten(twoSteps(first, firstParameters, last, lastParameters, format), "--tile-elements", "4096");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--tile-elements 1024 -j 1",
                "--tile-elements 100352 -j 3 --reader mapped", // a tile that ends in the next block
                "--tile-elements 2049 -j 2 --reader direct --page-cache drop",
                "--tile-elements 4096 -j 2 --reader copied",
                "--rounding stochastic --random-seed 5",
                "--out-dtype float32",
            })
    void howTheWorkIsCutDoesNotShow(String options) throws IOException {
        for (String last : List.of("ties", "arcee_fusion")) {
            boolean one = last.equals("arcee_fusion");
            String config =
                    document("mean", "dare_ties", "base", List.of("e1", "e2"), "weight: 1, density: 0.5", Format.BF16)
                            + "---\n"
                            + document(
                                    "",
                                    last,
                                    one ? "mean" : "base",
                                    one ? List.of("e3") : List.of("mean", "e3"),
                                    one ? "" : "weight: 1, density: 0.3",
                                    Format.BF16);
            assertSameAsWritten(config, options.split(" "));
        }
    }

    @Test
    void aStepOfStepsIsFusedAsWellAndMayBeTheBase() throws IOException {
        String config = document("one", "linear", "", List.of("e1", "e2"), "weight: 1", Format.BF16)
                + "---\n" + document("two", "task_arithmetic", "base", List.of("e3", "one"), "weight: 0.5", Format.BF16)
                + "---\n" + document("other", "linear", "", List.of("e1", "e4"), "weight: 1", Format.BF16)
                + "---\n" + document("", "ties", "two", List.of("other", "e1"), "weight: 1, density: 0.3", Format.BF16);
        Model all = assertSameAsWritten(config, "--tile-elements", "8192");
        Path one = Weir.mergeFolder(folder, document("", "linear", "", List.of("e1", "e2"), "weight: 1", Format.BF16));
        Path two = Weir.mergeFolder(
                folder,
                document("", "task_arithmetic", "base", List.of("e3", one.toString()), "weight: 0.5", Format.BF16));
        Path other =
                Weir.mergeFolder(folder, document("", "linear", "", List.of("e1", "e4"), "weight: 1", Format.BF16));
        String last = document(
                "", "ties", two.toString(), List.of(other.toString(), "e1"), "weight: 1, density: 0.3", Format.BF16);
        assertEquals(Weir.merge(folder, last), all);
    }

    @Test
    void isTheFormulaOfBothWithOneRoundingBetween() throws IOException {
        for (Format format : List.of(Format.F32, Format.BF16)) {
            Model merged = Weir.merge(
                    folder, twoSteps("linear", "weight: 1", "task_arithmetic", "weight: 0.75, lambda: 0.5", format));
            Model base = Model.read(models.resolve(format + "/base"));
            List<Model> experts = new ArrayList<>();
            for (int k = 1; k <= 3; k++) {
                experts.add(Model.read(models.resolve(format + "/e" + k)));
            }
            merged.tensors().forEach((name, tensor) -> {
                for (int i = 0; i < tensor.elements(); i++) {
                    double b = base.tensor(name).at(i);
                    double mean = (experts.get(0).tensor(name).at(i)
                                    + experts.get(1).tensor(name).at(i))
                            / 2;
                    double between =
                            format.read(Tensor.of(format, List.of(), _ -> mean).bytes(), 0);
                    double exact = b
                            + 0.5
                                    * (0.75 * (between - b)
                                            + 0.75
                                                    * (experts.get(2)
                                                                    .tensor(name)
                                                                    .at(i)
                                                            - b));
                    double terms = 2 * Math.abs(b)
                            + Math.abs(between)
                            + Math.abs(experts.get(2).tensor(name).at(i));
                    assertEquals(exact, tensor.at(i), 0x1p-23 * terms + format.ulp(exact) / 2, name + i);
                }
            });
        }
    }

    @Test
    void whatIsSolvedForAsAWholeReadsStepsFromTheDisk() throws IOException {
        Path weak = Family.named("weak").folder();
        String config = """
                name: mean
                merge_method: linear
                models: [{model: %1$s/expert-1}, {model: %1$s/expert-2}]
                parameters: {weight: 1}
                ---
                merge_method: regmean
                models:
                  - {model: mean, statistics: %2$s/weak-gram-1.safetensors}
                  - {model: %1$s/expert-3, statistics: %2$s/weak-gram-3.safetensors}
                """.formatted(weak, Resources.folder("miniature"));
        Path mean = Weir.mergeFolder(folder, config.substring(0, config.indexOf("---")));
        assertEquals(Map.of("mean", "written"), how(config));
        assertEquals(
                Weir.merge(folder, config.substring(config.indexOf("---") + 4).replace("mean,", mean + ",")),
                Weir.merge(folder, config));
    }

    @Test
    void whatCannotBeFusedIsWritten() throws IOException {
        String trimmed = "weight: 1, density: 0.3";
        String surveyed = document("mean", "ties", "base", List.of("e1", "e2"), trimmed, Format.F32) + "---\n"
                + document("", "linear", "", List.of("mean", "e3"), "weight: 1", Format.F32);
        String usedTwice = document("mean", "linear", "", List.of("e1", "e2"), "weight: 1", Format.F32)
                + "---\n" + document("more", "linear", "", List.of("mean", "e3"), "weight: 1", Format.F32)
                + "---\n" + document("", "linear", "", List.of("mean", "more"), "weight: 1", Format.F32);
        assertEquals(Map.of("mean", "written"), how(surveyed));
        assertEquals(Map.of("mean", "written", "more", "fused into result"), how(usedTwice));
        String bases = document("mean", "linear", "", List.of("e1", "e2"), "weight: 1", Format.F32) + "---\n"
                + document("", "task_arithmetic", "mean", List.of("e3"), "weight: 1, lambda: 0", Format.F32);
        assertEquals(Map.of("mean", "written"), how(bases), "the result is a copy of its bytes");
        assertEquals(
                Weir.merge(folder, document("", "linear", "", List.of("e1", "e2"), "weight: 1", Format.F32)),
                Weir.merge(folder, bases));
    }

    private Map<String, String> how(String config) throws IOException {
        Path file = Files.writeString(Files.createTempFile(folder, "c", ".yml"), config);
        Weir.Run run = Weir.run(List.of("plan", file.toString(), "--log-format", "json"));
        assertEquals(0, run.exitCode(), run.err());
        Map<String, String> how = new TreeMap<>();
        for (String line : run.out().split("\n")) {
            JsonNode step = JsonMapper.shared().readTree(line);
            if (!step.path("step").asString().equals("result")) {
                String user = step.path("fusedInto").asString("");
                how.put(step.path("step").asString(), user.isEmpty() ? "written" : "fused into " + user);
            }
        }
        return how;
    }

    @Test
    void theManifestNamesAllInputsAndVerifyMakesThemAgain() throws IOException {
        Path out = Weir.mergeFolder(
                folder, twoSteps("linear", "weight: 1", "ties", "weight: 1, density: 0.3", Format.BF16));
        JsonNode manifest = JsonMapper.shared().readTree(Files.readString(out.resolve("merge-manifest.json")));
        List<String> inputs = new ArrayList<>();
        for (JsonNode input : manifest.path("inputs")) {
            String name =
                    Path.of(input.path("reference").asString()).getFileName().toString();
            inputs.add(input.path("ofStep").asString("") + "/" + name + input.path("tensors"));
        }
        assertEquals(
                List.of(
                        "/base{\"merged by ties\":6}",
                        "/e3{\"merged by ties\":6}",
                        "mean/e1{\"merged by linear\":6}",
                        "mean/e2{\"merged by linear\":6}"),
                inputs);
        assertEquals("[]", manifest.path("leftOut").toString());
        assertFalse(Files.readString(out.resolve("README.md")).contains("- \"mean\""), "a model that nobody has");
        Weir.Run verified = Weir.run(List.of("verify", out.toString(), "--against-inputs", "1"));
        assertEquals(0, verified.exitCode(), verified.err());
    }

    @Test
    void whatIsNotFiniteIsSaidOfTheStep() throws IOException {
        Model e1 = Model.read(models.resolve("F32/e1"));
        Model broken = new Model(Map.copyOf(e1.map(tensor -> Tensor.of(
                        Format.F32, tensor.shape(), i -> i == 3 && tensor.elements() == 5 ? Double.NaN : tensor.at(i)))
                .tensors()));
        broken.write(folder.resolve("broken"), 1);
        List<String> inner = List.of(folder.resolve("broken").toString(), "e2");
        String last =
                "---\n" + document("", "ties", "base", List.of("mean", "e3"), "weight: 1, density: 0.3", Format.F32);
        String config = document("mean", "linear", "", inner, "weight: 1", Format.F32) + last;
        Weir.Run run = Weir.tryMerge(folder, config);
        assertEquals(3, run.exitCode(), run.err());
        Path file = folder.resolve("broken/model.safetensors");
        assertTrue(
                run.err()
                        .contains("tensor vector: NaN at element 3 of the step mean (NaN or infinities are in " + file
                                + ")"),
                run.err());
        Weir.Run warned = Weir.tryMerge(folder, config, "--non-finite", "warn");
        assertEquals(0, warned.exitCode(), warned.err());
        assertTrue(
                warned.err().contains("tensor vector: 1 NaN in the step mean, the first at element 3"), warned.err());
        assertTrue(warned.err().contains("tensor vector: 1 NaN in " + file + ", the first at element 3"), warned.err());
        String dropped = document("mean", "dare_linear", "base", inner, "weight: 1, density: 0.001", Format.F32) + last;
        Weir.Run hidden = Weir.tryMerge(folder, dropped, "--non-finite", "warn");
        assertEquals(0, hidden.exitCode(), hidden.err());
        assertTrue(hidden.err().contains("tensor vector: 1 NaN in " + file), hidden.err());
        Weir.Run refused = Weir.tryMerge(folder, config, "--non-finite", "fail");
        assertEquals(3, refused.exitCode(), refused.err());
        assertTrue(
                refused.err().contains("tensor vector: NaN at element 3 of " + folder.resolve("broken")),
                refused.err());
    }

    /** A step that is written says in its manifest what this must be. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            dare_linear     | weight: 0.5, density: 0.4 | task_arithmetic | weight: 0.5               | BF16
            dare_ties       | weight: 0.5, density: 0.4 | ties            | weight: 1, density: 0.3   | BF16
            dare_ties       | weight: 0.5, density: 0.4 | della           | weight: 0.5, density: 0.5 | F16
            task_arithmetic | weight: 0.01              | karcher         | tol: 0.001                | F32
            """)
    void densitiesAndLostUpdatesAreThoseOfAWrittenStep(
            String first, String firstParameters, String last, String lastParameters, Format format)
            throws IOException {
        String config = twoSteps(first, firstParameters, last, lastParameters, format);
        Path kept = folder.resolve("kept");
        Map<String, JsonNode> written = facts(Weir.mergeFolder(folder, config, "-I", kept.toString()));
        Map<String, JsonNode> ofStep = facts(kept.resolve("mean"));
        for (String tile : List.of("4096", "300000")) {
            Map<String, JsonNode> fused = facts(Weir.mergeFolder(folder, config, "--tile-elements", tile, "-j", "2"));
            fused.forEach((tensor, facts) -> {
                JsonNode expected = Objects.requireNonNull(ofStep.get(tensor));
                JsonNode found = facts.get("steps").get("mean");
                assertEquals(expected.get("densities"), found.get("densities"), tensor);
                assertEquals(expected.get("update"), found.get("update"), tensor);
                assertEquals(Objects.requireNonNull(written.get(tensor)).get("update"), facts.get("update"), tensor);
            });
        }
        assertEquals(
                first.startsWith("dare") ? 2 : 0,
                ofStep.get("long").get("densities").size());
        assertTrue(ofStep.get("long").get("update").get("survived").isNumber());
    }

    @Test
    void aStepThatLosesItsUpdateIsNamed() throws IOException {
        String config = twoSteps("dare_linear", "weight: 0.001, density: 0.5", "linear", "weight: 1", Format.BF16);
        Weir.Run run = Weir.tryMerge(folder, config);
        assertEquals(0, run.exitCode(), run.err());
        String warning = "% of the update is lost to rounding into the output's dtype; --out-dtype float32";
        assertTrue(
                run.err().lines().anyMatch(line -> line.contains("step mean: ") && line.contains(warning)), run.err());
        assertTrue(run.err().contains("/e1 (step mean)"), run.err());
        Weir.Run kept = Weir.tryMerge(folder, config, "--rounding", "stochastic");
        assertFalse(kept.err().contains("is lost to rounding"), kept.err());
    }

    private static Map<String, JsonNode> facts(Path out) throws IOException {
        Map<String, JsonNode> facts = new TreeMap<>();
        JsonNode manifest = JsonMapper.shared().readTree(Files.readString(out.resolve("merge-manifest.json")));
        manifest.get("tensors").forEach(tensor -> facts.put(tensor.get("name").asString(), tensor.get("facts")));
        return facts;
    }

    @Test
    void itsMemoryIsInTheSum() throws IOException {
        Path config = Files.writeString(
                folder.resolve("c.yml"),
                twoSteps("linear", "weight: 1", "ties", "weight: 1, density: 0.3", Format.BF16));
        Weir.Run run = Weir.run(List.of("plan", config.toString(), "-j", "2", "--tile-elements", "65536"));
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.out().contains("fused steps (2 workers"), run.out());
        assertTrue(run.out().contains("step mean (fused: computed as result reads it, and not written):"), run.out());
        assertTrue(run.out().contains("computed as it is read"), run.out());
    }
}
