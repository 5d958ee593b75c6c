package org.weir.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Same config, same bytes: on machines with other vectors, or with none. A process chooses its width once, when it starts. */
class VectorWidthTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "linear, normalize: true",
                "ties, density: 0.2, rescale: true",
                "dare_ties, density: 0.3, rescale: l1"
            })
    void widthOfTheVectorsDoesNotShow(String merge) throws IOException, InterruptedException {
        String[] parts = merge.split(", ", 2);
        Family weak = Family.named("weak");
        Config all =
                Config.of(parts[0]).models(weak.expertPaths(), "weight: 0.3").with(parts[1]);
        Config config = parts[0].equals("linear") ? all : all.base(weak.basePath());
        // strips as well as fused loops, and no rounding that would hide the last bits
        for (String yaml : List.of(config.toString(), config.outDtype("float32").toString())) {
            Model expected = Weir.merge(folder, yaml);
            for (String width : List.of("scalar", "128")) {
                assertEquals(expected, inAProcess(width, yaml), () -> width + ": " + yaml);
            }
        }
    }

    private Model inAProcess(String width, String config) throws IOException, InterruptedException {
        Path place = Files.createTempDirectory(folder, "process");
        Path log = place.resolve("log");
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.add("@" + Resources.project().resolve("tools/src/main/launcher/jvm.args"));
        command.addAll(List.of("-Dweir.simd.width=" + width, "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of("org.weir.cli.Main", "merge"));
        command.add(Files.writeString(place.resolve("config.yml"), config).toString());
        command.add(place.resolve("out").toString());
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        assertEquals(0, process.waitFor(), Files.readString(log, StandardCharsets.UTF_8));
        return Model.read(place.resolve("out"));
    }
}
