package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A system that does less than it is asked for: half of each write, and no file of any size. */
@Timeout(300)
class LimitsTest {
    /** The file says that it was used. */
    private static final String HALF_WRITES = """
            #define _GNU_SOURCE
            #include <dlfcn.h>
            #include <fcntl.h>
            #include <stdlib.h>
            #include <unistd.h>
            ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t at) {
                static ssize_t (*real)(int, const void *, size_t, off64_t);
                if (!real) {
                    real = dlsym(RTLD_NEXT, "pwrite64");
                    close(creat(getenv("HALF_WRITES"), 0600));
                }
                return real(file, bytes, length > 1 ? length / 2 : length, at);
            }
            """;

    @TempDir
    private Path temp;

    private SmallMerge merge = new SmallMerge(Path.of(""), Map.of());
    private Path out = Path.of("");

    @BeforeEach
    void makeTheMerge() throws Exception {
        merge = SmallMerge.in(temp, "--hidden", 64, "--intermediate", 128, "--layers", 1, "--vocab", 2048);
        out = temp.resolve("out");
    }

    @Test
    void halfOfEachWriteIsEnough() throws Exception {
        assumeTrue(Tool.isThere("gcc"), "gcc is not installed");
        Path source = Files.writeString(temp.resolve("half.c"), HALF_WRITES);
        Path library = temp.resolve("half.so");
        Tool.run("gcc", "-shared", "-fPIC", "-o", library, source, "-ldl");
        Path used = temp.resolve("used");
        Ran ran = limited("export LD_PRELOAD=" + library + " HALF_WRITES=" + used);
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
        assertTrue(Files.exists(used));
        merge.assertDone(out);
    }

    @Test
    void aFileThatMayNotGrowEndsTheMergeWhichGoesOnWhereItMay() throws Exception {
        Ran ran = limited("ulimit -f 300");
        assertEquals(ExitCode.IO, ran.code(), ran.err());
        List<String> problems = ran.errLines().stream()
                .filter(line -> line.startsWith("weir: "))
                .toList();
        assertEquals(1, problems.size(), ran.err());
        assertTrue(
                problems.getFirst().contains("out.staging/model.safetensors: cannot be written: File too large"),
                ran.err());
        assertFalse(Files.exists(out));
        Ran again = merge.into(out);
        assertEquals(ExitCode.DONE, again.code(), again.err());
        merge.assertDone(out);
    }

    /** In a process of its own, for which the shell has set something. */
    private Ran limited(String setting) throws Exception {
        List<String> java =
                ProcessTest.command(List.of(), Main.class, merge.arguments(out).toArray(String[]::new));
        Process process = new ProcessBuilder(
                        Stream.concat(Stream.of("sh", "-c", setting + "; exec \"$@\"", "sh"), java.stream())
                                .toList())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ran(process.waitFor(), "", err);
    }
}
