package org.weir.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A config of several documents is what its documents are one after the other. */
class StepsTest {
    private static final String MODELS = Goldens.path("models/micro-f32").toString();

    private static final String FIRST = """
            name: mean
            merge_method: linear
            models: [{model: %1$s/e1}, {model: %1$s/e2}]
            parameters: {weight: 0.5}
            """.formatted(MODELS);

    /** One that reads its inputs more than once, so that it is written. */
    private static final String TRIMMED = """
            name: mean
            merge_method: ties
            base_model: %1$s/base
            models: [{model: %1$s/e1}, {model: %1$s/e2}]
            parameters: {weight: 0.5, density: 0.4}
            """.formatted(MODELS);

    private static final String LAST = """
            merge_method: ties
            base_model: %1$s/base
            models: [{model: %2$s}, {model: %1$s/e3}]
            parameters: {weight: 0.5, density: 0.5}
            """;

    @TempDir
    private Path folder;

    @Test
    void theResultIsThatOfMergingOneAfterTheOther() throws IOException {
        for (String first : List.of(FIRST, TRIMMED)) {
            Path mean = Weir.mergeFolder(folder, first);
            Model expected = Weir.merge(folder, LAST.formatted(MODELS, mean));
            Path out = Weir.mergeFolder(folder, LAST.formatted(MODELS, "mean") + "---\n" + first);
            assertEquals(expected, Model.read(out));
            assertEquals(List.of("config.yml", "out"), names(out.resolveSibling(".")));
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aStepThatWasFinishedIsNotMergedAgain() throws IOException {
        Path e3 = folder.resolve("e3");
        Model sound = Goldens.model("models/micro-f32/e3");
        sound.write(e3, 1);
        String text = TRIMMED + "---\n" + LAST.formatted(MODELS, "mean").replace(MODELS + "/e3", e3.toString());
        Path config = Files.writeString(folder.resolve("c.yml"), text);
        Path out = folder.resolve("out");
        Path step = folder.resolve("out.steps/mean/model.safetensors");
        List<String> merge = List.of("merge", config.toString(), out.toString());
        sound.map(tensor -> Tensor.of(Format.F32, tensor.shape(), _ -> Double.NaN))
                .write(e3, 1);

        Weir.Run broken = Weir.run(merge);
        assertEquals(3, broken.exitCode(), broken.err());
        Object made = Files.getAttribute(step, "unix:ino");
        Weir.Run again = Weir.run(merge);
        assertEquals(3, again.exitCode(), again.err());
        assertTrue(again.err().contains("step mean: was finished before"), again.err());
        assertEquals(made, Files.getAttribute(step, "unix:ino"));

        byte[] bytes = Files.readAllBytes(step);
        bytes[bytes.length - 1] ^= 1;
        Files.write(step, bytes);
        Weir.Run damaged = Weir.run(merge);
        assertFalse(damaged.err().contains("was finished before"), damaged.err());

        Files.writeString(config, text.replace("density: 0.4", "density: 0.3"));
        Weir.Run changed = Weir.run(merge);
        assertFalse(changed.err().contains("was finished before"), changed.err());

        sound.write(e3, 1);
        Weir.Run done = Weir.run(merge);
        assertEquals(0, done.exitCode(), done.err());
        assertTrue(done.err().contains("step mean: was finished before"), done.err());
        assertEquals(List.of("c.yml", "e3", "out"), names(folder));
        String first = Files.readString(config).substring(0, text.indexOf("---"));
        Path mean = Weir.mergeFolder(folder, first);
        assertEquals(
                Weir.merge(folder, LAST.formatted(MODELS, mean).replace(MODELS + "/e3", e3.toString())),
                Model.read(out));
    }

    @Test
    void stepsBeginAnewWhereThatIsAskedFor() throws IOException {
        Path e3 = folder.resolve("e3");
        Goldens.model("models/micro-f32/e3")
                .map(tensor -> Tensor.of(Format.F32, tensor.shape(), _ -> Double.NaN))
                .write(e3, 1);
        Path config = Files.writeString(
                folder.resolve("c.yml"),
                TRIMMED + "---\n" + LAST.formatted(MODELS, "mean").replace(MODELS + "/e3", e3.toString()));
        String out = folder.resolve("out").toString();
        assertEquals(3, Weir.run(List.of("merge", config.toString(), out)).exitCode());
        Weir.Run anew = Weir.run(List.of("merge", config.toString(), out, "--no-resume"));
        assertFalse(anew.err().contains("was finished before"), anew.err());
    }

    @Test
    void stepsAreKeptWhereThatIsAskedFor() throws IOException {
        Path kept = folder.resolve("kept");
        Path out = Weir.mergeFolder(
                folder, FIRST + "---\n" + LAST.formatted(MODELS, "mean"), "--intermediate-dir", kept.toString());
        assertEquals(Weir.merge(folder, FIRST), Model.read(kept.resolve("mean")));
        assertTrue(Files.exists(out.resolve("model.safetensors")));
    }

    @Test
    void stepsThatWouldBeKeptInTheResultAreRefusedBeforeTheFirstIsMade() throws IOException {
        Path config = folder.resolve("steps.yml");
        Files.writeString(config, LAST.formatted(MODELS, "mean") + "---\n" + TRIMMED);
        Path out = folder.resolve("result");
        Map<Path, Path> places = Map.of(out, out, out.resolve("steps"), out, folder, folder.resolve("mean/result"));
        for (Map.Entry<Path, Path> each : places.entrySet()) {
            String kept = each.getKey().toString();
            Weir.Run run =
                    Weir.run(List.of("merge", config.toString(), each.getValue().toString(), "-I", kept));
            assertEquals(2, run.exitCode(), run.err());
            assertTrue(run.err().contains("would lie in or around OUT"), run.err());
            assertEquals(List.of("steps.yml"), names(folder));
        }
    }

    @Test
    void whatIsWrongWithALaterStepIsSaidBeforeTheFirstIsMade() throws IOException {
        String config = FIRST + "---\n" + LAST.formatted(MODELS, "mean").replace("density: 0.5", "density: -1");
        Weir.Run run = Weir.tryMerge(folder, config);
        assertEquals(2, run.exitCode(), run.err());
        assertTrue(run.err().contains("config.yml:9"), run.err());
        assertFalse(run.err().contains("step mean"), run.err());
        String misfit = FIRST + "---\n"
                + LAST.formatted(Goldens.path("models/micro-3L"), "mean").replace("e3", "e1");
        Weir.Run shapes = Weir.tryMerge(folder, misfit.replace("micro-3L/base", "micro-3L/e1"));
        assertEquals(3, shapes.exitCode(), shapes.err());
        assertTrue(shapes.err().contains("model.layers.2"), shapes.err());
        assertTrue(shapes.err().contains("missing from mean"), shapes.err());
    }

    @Test
    void aFolderInTheWayOfTheStepsIsLeftAlone() throws IOException {
        Path place = Files.createDirectories(folder.resolve("m"));
        Path config = Files.writeString(place.resolve("c.yml"), TRIMMED + "---\n" + LAST.formatted(MODELS, "mean"));
        Path mine = Files.createDirectories(place.resolve("out.steps")).resolve("mine");
        Files.writeString(mine, "x");
        Weir.Run run = Weir.run(
                List.of("merge", config.toString(), place.resolve("out").toString()));
        assertEquals(2, run.exitCode(), run.err());
        assertTrue(run.err().contains("was not left by a merge"), run.err());
        assertEquals("x", Files.readString(mine));
    }

    @Test
    void planShowsEachStep() throws IOException {
        Path config = Files.writeString(folder.resolve("c.yml"), LAST.formatted(MODELS, "mean") + "---\n" + FIRST);
        Weir.Run run = Weir.run(List.of("plan", config.toString()));
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.out().indexOf("step mean (fused") >= 0, run.out());
        assertTrue(run.out().indexOf("step result:") > run.out().indexOf("step mean (fused"), run.out());
    }

    @Test
    void profileTakesAResultWithItsFusedStepsAndNamesTheOneThatWouldHaveToBeWritten() throws IOException {
        String last = LAST.formatted(MODELS, "mean") + "---\n";
        Path config = Files.writeString(folder.resolve("c.yml"), last + FIRST);
        Weir.Run fused = Weir.run(List.of("profile", config.toString()));
        assertEquals(0, fused.exitCode(), fused.err());
        assertTrue(fused.out().contains("profile: ties of 2 experts"), fused.out());
        assertTrue(fused.err().contains("step mean: computed as result reads it"), fused.err());
        Files.writeString(config, last + TRIMMED);
        Weir.Run written = Weir.run(List.of("profile", config.toString()));
        assertEquals(2, written.exitCode(), written.err());
        assertTrue(written.err().contains("the step mean is written before others read it"), written.err());
        assertTrue(written.err().contains("--intermediate-dir DIR"), written.err());
        assertEquals(List.of("c.yml"), names(folder));
    }

    @Test
    void commandLinesOfMergekitMultiAreTaken() throws IOException {
        Path config = Files.writeString(folder.resolve("c.yml"), FIRST + "---\n" + LAST.formatted(MODELS, "mean"));
        Path out = folder.resolve("out");
        List<String> command = List.of(
                "merge", config.toString(), "-I", folder.resolve("kept").toString(), "--out-path", out.toString());
        Weir.Run run = Weir.run(with(command, "--lazy", "--cuda", "--lazy-unpickle"));
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.err().contains("for mergekit's sake: --cuda, --lazy-unpickle"), run.err());
        assertEquals(List.of("c.yml", "kept", "out"), names(folder));
        Weir.Run again = Weir.run(with(command, "--overwrite"));
        assertTrue(again.err().contains("step mean: was finished before"), again.err());
        Weir.Run anew = Weir.run(with(command, "--overwrite", "--no-lazy"));
        assertEquals(0, anew.exitCode(), anew.err());
        assertFalse(anew.err().contains("was finished before"), anew.err());
    }

    private static List<String> with(List<String> command, String... options) {
        return Stream.concat(command.stream(), Stream.of(options)).toList();
    }

    @Test
    void slicesCanBeMadeOfSteps() throws IOException {
        Path out = Weir.mergeFolder(folder, FIRST + """
                ---
                merge_method: passthrough
                slices:
                  - sources: [{model: mean, layer_range: [0, 2]}]
                  - sources: [{model: %s/e1, layer_range: [1, 2]}]
                """.formatted(MODELS));
        Model merged = Model.read(out);
        String name = "mlp.up_proj.weight";
        assertEquals(
                Weir.merge(folder, FIRST).tensor("model.layers.0." + name), merged.tensor("model.layers.0." + name));
        assertEquals(
                Goldens.model("models/micro-f32/e1").tensor("model.layers.1." + name),
                merged.tensor("model.layers.2." + name));
    }
}
