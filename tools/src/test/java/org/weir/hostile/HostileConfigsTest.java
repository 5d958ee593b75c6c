package org.weir.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every config of the corpus is taken, or refused with the line that is wrong. */
@Timeout(60)
class HostileConfigsTest {
    private static final int MOST_PROBLEMS = 51;

    @TempDir
    private Path temp;

    static List<HostileConfig> configs() {
        return HostileConfigs.all();
    }

    @BeforeEach
    void makeTheModel() throws IOException {
        byte[] model = HostileFile.file("{\"a\":" + HostileFile.tensor("F32", "[1]", "[0,4]") + "}", 4);
        Files.write(temp.resolve("m.safetensors"), model);
    }

    @Test
    void areMoreThanAHundred() {
        assertTrue(configs().size() >= 140, () -> configs().size() + " configs");
        assertEquals(
                configs().size(),
                new HashSet<>(configs().stream().map(HostileConfig::name).toList()).size());
    }

    @ParameterizedTest
    @MethodSource("configs")
    void areTakenOrRefusedWithTheLine(HostileConfig hostile) throws IOException {
        Path config = temp.resolve("c.yml");
        Files.write(config, withTheModel(hostile.text()));
        Said said = Said.by("plan", config);
        if (hostile.isTaken()) {
            assertEquals(Said.DONE, said.code(), said.err());
            return;
        }
        assertEquals(Said.CONFIG, said.code(), said.err());
        assertEquals("", said.out());
        List<String> problems = said.err().lines().toList();
        assertTrue(problems.size() <= MOST_PROBLEMS, said.err());
        problems.forEach(problem -> Said.assertRefusal(problem, List.of("weir: " + config)));
        if (hostile.line() > 0) {
            String where = config + ":" + hostile.line() + ": ";
            assertTrue(problems.stream().anyMatch(problem -> problem.contains(where)), said.err());
        }
        hostile.words()
                .forEach(word -> assertTrue(said.err().contains(word), () -> "no " + word + " in " + said.err()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/dev/zero",
                "/dev/null",
                "/proc/self/mem",
                "/proc/self/pagemap",
                "/",
                "/nowhere/c.yml",
                "/dev/null/c.yml"
            })
    void areNoFilesOfTheSystem(String path) {
        Said.by("plan", path).assertRefused(Said.CONFIG, List.of(path));
    }

    /** The corpus is text, and may be cut anywhere. */
    private byte[] withTheModel(byte[] text) {
        String latin = new String(text, StandardCharsets.ISO_8859_1);
        String path = temp.resolve("m.safetensors").toString();
        return latin.replace("MODEL", path).getBytes(StandardCharsets.ISO_8859_1);
    }
}
