package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows is what the code says. */
class ReadmeTest {
    /** Surefire starts its JVMs in the module's folder. */
    private static final Path PROJECT = Path.of("..");

    @TempDir
    private Path temp;

    @Test
    void itsTableOfMethodsIsTheCodes() throws IOException {
        assertTable("methods", "methods", "--markdown");
    }

    @Test
    void itsTableOfOptionsIsTheCodes() throws IOException {
        assertTable("options", "methods", "--markdown", "--options");
    }

    @Test
    void itsExampleMerges() throws IOException {
        Matcher example = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL).matcher(readme());
        assertTrue(example.find(), "no yaml in README.md");
        String config = example.group(1).replace("examples/", PROJECT.toAbsolutePath() + "/examples/");
        Path file = Files.writeString(temp.resolve("mine.yml"), config);
        Ran ran = Ran.weir("merge", file, temp.resolve("out"));
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
        assertFalse(ran.err().contains("weir:"), ran.err()); // the table of stages is not a complaint
    }

    private static void assertTable(String name, Object... command) throws IOException {
        Matcher table = Pattern.compile("<!-- %1$s -->\n(.*?)<!-- /%1$s -->".formatted(name), Pattern.DOTALL)
                .matcher(readme());
        assertTrue(table.find(), () -> "README.md has no <!-- " + name + " --> ... <!-- /" + name + " -->");
        List<String> printed = Ran.weir(command).outLines();
        assertEquals(
                String.join("\n", printed),
                table.group(1).strip(),
                () -> "README.md, between <!-- " + name + " --> and <!-- /" + name + " -->, is not what"
                        + " './weir " + String.join(" ", List.of(command).toArray(String[]::new))
                        + "' prints; put that there");
    }

    private static String readme() throws IOException {
        return Files.readString(PROJECT.resolve("README.md"));
    }
}
