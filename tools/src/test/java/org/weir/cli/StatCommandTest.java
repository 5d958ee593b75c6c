package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.weir.engine.RunningMerge;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A merge of another process, seen from here: alive, ended and killed. */
@Timeout(180)
class StatCommandTest {
    @TempDir
    private static Path models;

    @TempDir
    private Path temp;

    @BeforeAll
    static void makeLargeModelsOfZeros() throws IOException {
        Ran synth = Ran.weir("synth", models, "--preset", "0.5b", "--experts", 8, "--sparse");
        assertEquals(0, synth.code(), synth.err());
    }

    @Test
    void aRunningMergeIsSeenAndAKilledOneIsSaidToHaveEnded() throws Exception {
        Process profile = ProcessTest.start(ProcessBuilder.Redirect.DISCARD, "profile", config().toString());
        String pid = Long.toString(profile.pid());
        try {
            while (profile.isAlive() && json(pid).get("stages").isEmpty()) {
                Thread.sleep(50);
            }
            JsonNode seen = json(pid);
            assertTrue(seen.get("alive").asBoolean());
            assertTrue(seen.get("totalBytes").asLong() > 1_000_000_000L, seen.toString());
            Ran text = Ran.weir("stat", pid);
            assertTrue(text.out().contains("process " + pid + ": profile of " + config()), text.out());
            assertTrue(text.out().contains("prefault"), text.out());
            assertTrue(Ran.weir("stat").out().contains(pid));

            profile.destroyForcibly();
            assertTrue(profile.waitFor(60, TimeUnit.SECONDS));
            Ran dead = Ran.weir("stat", pid);
            assertEquals(ExitCode.DONE, dead.code());
            assertTrue(dead.out().contains("process " + pid + " ended without finishing"), dead.out());
            assertTrue(dead.out().contains("prefault"), dead.out());
            assertFalse(json(pid).get("alive").asBoolean());
        } finally {
            profile.destroyForcibly();
            forget(profile.pid());
        }
    }

    @Test
    void aMergeIsFoundByItsOutputAndLeavesNoTraceOfItself() throws Exception {
        Path out = temp.resolve("out");
        Process merge =
                ProcessTest.start(ProcessBuilder.Redirect.DISCARD, "merge", config().toString(), out.toString());
        try {
            while (merge.isAlive() && Ran.weir("stat", out).code() != ExitCode.DONE) {
                Thread.sleep(50);
            }
            assertTrue(Ran.weir("stat", out, "--once").out().contains(out.toString()));
            merge.destroy();
            assertTrue(merge.waitFor(60, TimeUnit.SECONDS));
            Ran gone = Ran.weir("stat", out);
            assertEquals(ExitCode.INPUT, gone.code());
            assertTrue(gone.err().contains("no merge of yours"), gone.err());
            assertFalse(Ran.weir("stat").out().contains("process " + merge.pid()));
        } finally {
            merge.destroyForcibly();
        }
    }

    @Test
    void profileStopsWhenItsTimeIsUpAndShowsTheTable() throws IOException {
        long start = System.nanoTime();
        Ran ran = Ran.weir("profile", config(), "--seconds", "0.5");
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
        assertTrue(Seconds.since(start) < 60);
        assertTrue(ran.out().contains("limit: "), ran.out());
        assertFalse(ran.out().contains(", 100.0 % of it"), ran.out());
    }

    private JsonNode json(String pid) {
        Ran ran = Ran.weir("stat", pid, "--log-format", "json");
        return JsonMapper.shared().readTree(ran.code() == 0 ? ran.out() : "{\"stages\": []}");
    }

    private static void forget(long pid) throws IOException {
        for (RunningMerge merge : RunningMerge.all()) {
            if (merge.pid() == pid) {
                Files.deleteIfExists(merge.file());
            }
        }
    }

    private Path config() throws IOException {
        StringBuilder yaml = new StringBuilder("merge_method: dare_ties\nbase_model: " + models + "/base\nmodels:\n");
        for (int i = 1; i <= 8; i++) {
            yaml.append("  - {model: ")
                    .append(models)
                    .append("/expert-")
                    .append(i)
                    .append("}\n");
        }
        return Files.writeString(temp.resolve("config.yml"), yaml + "parameters: {weight: 0.5, density: 0.5}\n");
    }
}
