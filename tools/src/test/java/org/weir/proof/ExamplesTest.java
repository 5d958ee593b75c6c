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
import org.junit.jupiter.params.provider.ValueSource;

/** The examples run, and score what their README says. */
class ExamplesTest {
    private static final Path EXAMPLES = Resources.project().resolve("examples/miniature");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"average.yml", "task-arithmetic.yml", "ties.yml"})
    void scoresWhatTheReadmeSays(String example) throws IOException {
        Family strong = Family.named("strong");
        Model merged = merge(example);
        assertSaid("| `%s` | %.3f | %.3f |", example, strong.heldIn(merged), strong.heldOut(merged));
    }

    @Test
    void dareScoresWhatTheReadmeSays() throws IOException {
        Family weak = Family.named("weak");
        assertSaid("`dare.yml` leaves the expert %.3f of its accuracy", weak.heldIn(0, merge("dare.yml")));
        assertSaid("the base has %.3f of it", weak.heldIn(0, weak.base()));
    }

    @Test
    void baseScoresWhatTheReadmeSays() throws IOException {
        Family strong = Family.named("strong");
        assertSaid("| the strong base | %.3f | 1 |", strong.heldIn(strong.base()));
    }

    @Test
    void allAreHere() throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            assertEquals(
                    List.of("average.yml", "dare.yml", "task-arithmetic.yml", "ties.yml"),
                    files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith(".yml"))
                            .sorted()
                            .toList());
        }
    }

    /** The example as somebody in the project's folder would run it. */
    private Model merge(String example) throws IOException {
        String config = Files.readString(EXAMPLES.resolve(example));
        return Weir.merge(folder, config.replace("examples/miniature", EXAMPLES.toString()), "--random-seed", "1");
    }

    private static void assertSaid(String format, Object... values) throws IOException {
        String readme = Files.readString(EXAMPLES.resolve("README.md")).replace('\n', ' ');
        String said = String.format(Locale.ROOT, format, values);
        assertTrue(readme.contains(said), () -> "no '" + said + "' in README.md");
    }
}
