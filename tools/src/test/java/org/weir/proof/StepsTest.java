package org.weir.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
        Path mean = Weir.mergeFolder(folder, FIRST);
        Model expected = Weir.merge(folder, LAST.formatted(MODELS, mean));
        Path out = Weir.mergeFolder(folder, LAST.formatted(MODELS, "mean") + "---\n" + FIRST);
        assertEquals(expected, Model.read(out));
        try (Stream<Path> beside = Files.list(out.getParent())) {
            assertEquals(
                    List.of("config.yml", "out"),
                    beside.map(file -> file.getFileName().toString()).sorted().toList());
        }
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
        Path config = Files.writeString(place.resolve("c.yml"), FIRST + "---\n" + LAST.formatted(MODELS, "mean"));
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
        assertTrue(run.out().indexOf("step mean:") >= 0, run.out());
        assertTrue(run.out().indexOf("step result:") > run.out().indexOf("step mean:"), run.out());
        Weir.Run profile = Weir.run(List.of("profile", config.toString()));
        assertEquals(2, profile.exitCode(), profile.err());
        assertTrue(profile.err().contains("a second document"), profile.err());
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
