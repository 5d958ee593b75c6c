package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** System calls with which a merge reads its inputs fail at the kernel, or are interrupted. */
@Timeout(120)
class FailingReadsTest {
    @TempDir
    private static Path folder;

    private static SmallMerge merge = new SmallMerge(Path.of(""), Map.of());

    @TempDir
    private Path temp;

    @BeforeAll
    static void makeTheMerge() throws Exception {
        Strace.require();
        merge = SmallMerge.in(folder);
    }

    /** From the middle of the merge on, as with a disk that is gone: about half of the tensors are finished then. */
    @ParameterizedTest
    @CsvSource({"copied, pread64, EIO, 13+", "direct, pread64, EIO, 13+", "mapped, madvise, EFAULT, 40+"})
    void oneThatFailsEndsTheMergeWithTheNameOfTheFileAndTheSameCommandGoesOn(
            String reader, String call, String error, String when) throws Exception {
        Path out = temp.resolve("out");
        Ran ran = failing(out, reader, call, error, when);
        List<String> problems = ran.errLines().stream()
                .filter(line -> line.startsWith("weir: "))
                .toList();
        assertEquals(ExitCode.IO, ran.code(), ran.err());
        assertEquals(1, problems.size(), ran.err());
        assertTrue(problems.getFirst().startsWith("weir: " + folder.resolve("models")), ran.err());
        assertTrue(problems.getFirst().contains("/model.safetensors: at byte "), ran.err());
        String why = error.equals("EIO") ? ": Input/output error" : " (a device error?)";
        assertTrue(problems.getFirst().contains(" cannot be read" + why + "; what is finished is in "), ran.err());
        assertFalse(Files.exists(out));
        Ran again = merge.into(out, "--reader", reader);
        assertEquals(ExitCode.DONE, again.code(), again.err());
        assertTrue(again.err().contains(": goes on with a merge that was interrupted"), again.err());
        merge.assertDone(out);
    }

    /** A signal may interrupt any of them, and a kernel may not know how to bring mapped pages in. */
    @ParameterizedTest
    @CsvSource({
        "copied, pread64, EINTR, 1+2",
        "direct, pread64, EINTR, 1+2",
        "mapped, madvise, EINTR, 1+2",
        "mapped, madvise, EINVAL, 1+"
    })
    void oneThatIsInterruptedIsAskedAgain(String reader, String call, String error, String when) throws Exception {
        Path out = temp.resolve("out");
        Ran ran = failing(out, reader, call, error, when);
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
        merge.assertDone(out);
    }

    /** Mapped pages have no file by which strace could choose: there, the calls for any of them fail. */
    private Ran failing(Path out, String reader, String call, String error, String when)
            throws IOException, InterruptedException {
        Path expert = folder.resolve("models/expert-1/model.safetensors");
        String[] which = call.equals("madvise") ? new String[0] : new String[] {"-P", expert.toString()};
        Strace strace = Strace.failing(temp.resolve("log"), call, error, when, which);
        Ran ran;
        try (strace) {
            ran = merge.into(out, "--reader", reader);
        }
        assertTrue(
                strace.calls().stream()
                        .filter(Strace.Call::isInjected)
                        .anyMatch(failed ->
                                call.equals("pread64") || failed.line().contains("MADV_POPULATE_READ")),
                "none failed");
        return ran;
    }
}
