package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Merges in a memory cgroup a tenth of the size of their inputs, page cache included: the same bytes, and nobody is killed. */
class SmallContainerTest {
    private static final Path MEMORY = Path.of("/sys/fs/cgroup/memory");

    @TempDir
    private static Path temp;

    @BeforeAll
    static void makeModels() {
        assumeTrue(
                Files.isWritable(MEMORY.resolve("cgroup.procs")),
                "needs root and a memory cgroup (version 1) at " + MEMORY);
        Ran ran = Ran.weir("synth", temp.resolve("models"), "--preset", "0.5b", "--experts", "3");
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
    }

    @ParameterizedTest
    @CsvSource({"3, 400000000", "1, 200000000"})
    void mergesTenTimesItsLimitToTheSameBytes(int experts, String limit) throws IOException {
        StringBuilder yaml =
                new StringBuilder("merge_method: ties\nbase_model: %s\nmodels:\n".formatted(model("base")));
        for (int i = 1; i <= experts; i++) {
            yaml.append("  - model: %s%n".formatted(model("expert-" + i)));
        }
        Path config = Files.writeString(
                temp.resolve("config-%d.yml".formatted(experts)), yaml + "parameters: {weight: 0.5, density: 0.2}\n");
        Path expected = temp.resolve("free-%d".formatted(experts));
        Path found = temp.resolve("contained-%d".formatted(experts));
        Ran free = Ran.weir("merge", config, expected, "--quiet");
        assertEquals(ExitCode.DONE, free.code(), free.err());

        Path group = Files.createDirectory(
                MEMORY.resolve("weir-test-" + ProcessHandle.current().pid()));
        try {
            Files.writeString(group.resolve("memory.limit_in_bytes"), limit);
            Launched weir = Launched.in(Files.createDirectory(temp.resolve("home-%d".formatted(experts))));
            Process process = weir.shell(
                    Map.of("GROUP", group.toString()),
                    "echo $$ >\"$GROUP/cgroup.procs\" && exec \"$@\"",
                    "merge",
                    config,
                    found);
            assertEquals(ExitCode.DONE, process.onExit().join().exitValue(), weir.err());
            assertEquals(-1, mismatch(expected, found), "first byte that differs");
            long most = Long.parseLong(
                    Files.readString(group.resolve("memory.max_usage_in_bytes")).strip());
            assertTrue(most <= Long.parseLong(limit), most + " bytes used");
        } finally {
            Files.delete(group);
        }
    }

    private static Path model(String name) {
        return temp.resolve("models").resolve(name);
    }

    private static long mismatch(Path expected, Path found) throws IOException {
        return Files.mismatch(expected.resolve("model.safetensors"), found.resolve("model.safetensors"));
    }
}
