package org.weir.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.weir.cli.Main;

/** The program as its user meets it: arguments in, exit code and text out. */
final class Weir {
    private Weir() {}

    record Run(int exitCode, String out, String err) {}

    static Run run(List<String> args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                args.toArray(String[]::new));
        return new Run(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Runs {@code weir merge} on a config of this text, with everything it reads and writes in new folders of {@code in}. */
    static Run tryMerge(Path in, String config, String... options) throws IOException {
        return merge(Files.createTempDirectory(in, "merge"), config, List.of(options));
    }

    /** The same where it must succeed; the folder that it wrote. */
    static Path mergeFolder(Path in, String config, String... options) throws IOException {
        Path place = Files.createTempDirectory(in, "merge");
        Run run = merge(place, config, List.of(options));
        assertEquals(0, run.exitCode(), () -> config + "\n" + run.err());
        return place.resolve("out");
    }

    static Model merge(Path in, String config, String... options) throws IOException {
        return Model.read(mergeFolder(in, config, options));
    }

    private static Run merge(Path place, String config, List<String> options) throws IOException {
        Path file = Files.writeString(place.resolve("config.yml"), config);
        List<String> args = new ArrayList<>(
                List.of("merge", file.toString(), place.resolve("out").toString()));
        args.addAll(options);
        return run(args);
    }
}
