package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A clock that somebody sets fifty times a second while Weir runs, to years before 1970 and far ahead; with it moves when
 * the machine was booted, as the kernel tells it.
 */
@Timeout(300)
class SetClockTest {
    private static final String CLOCK = """
            #define _GNU_SOURCE
            #include <dlfcn.h>
            #include <stdio.h>
            #include <string.h>
            #include <sys/syscall.h>
            #include <sys/time.h>
            #include <time.h>
            #include <unistd.h>
            static long set_by(void) {
                const unsigned long year = 31556952;
                struct timespec t;
                syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &t);
                unsigned long time = t.tv_sec * 50 + t.tv_nsec / 20000000;
                return (long) (time * 2654435761 % (110 * year)) - (long) (60 * year);
            }
            int clock_gettime(clockid_t id, struct timespec *t) {
                int code = syscall(SYS_clock_gettime, id, t);
                if (!code && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) t->tv_sec += set_by();
                return code;
            }
            int gettimeofday(struct timeval *t, void *zone) {
                struct timespec now;
                clock_gettime(CLOCK_REALTIME, &now);
                t->tv_sec = now.tv_sec;
                t->tv_usec = now.tv_nsec / 1000;
                return 0;
            }
            time_t time(time_t *t) {
                struct timespec now;
                clock_gettime(CLOCK_REALTIME, &now);
                if (t) *t = now.tv_sec;
                return now.tv_sec;
            }
            FILE *fopen64(const char *path, const char *mode) {
                FILE *(*real)(const char *, const char *) = dlsym(RTLD_NEXT, "fopen64");
                FILE *file = real(path, mode), *changed;
                char line[65536];
                unsigned long booted;
                if (!file || strcmp(path, "/proc/stat") || !(changed = tmpfile())) return file;
                while (fgets(line, sizeof line, file))
                    if (sscanf(line, "btime %lu", &booted) == 1) fprintf(changed, "btime %lu\\n", booted + 3600);
                    else fputs(line, changed);
                fclose(file);
                rewind(changed);
                return changed;
            }
            FILE *fopen(const char *path, const char *mode) { return fopen64(path, mode); }
            """;

    private static final String GOES_ON = ": goes on with a merge that was interrupted";

    @TempDir
    private Path temp;

    private final List<Process> started = new ArrayList<>();
    private SmallMerge merge = new SmallMerge(Path.of(""), Map.of());
    private Path out = Path.of("");

    @BeforeEach
    void makeTheClockAndTheMerge() throws Exception {
        assumeTrue(Tool.isThere("gcc"), "gcc is not installed");
        Path source = Files.writeString(temp.resolve("clock.c"), CLOCK);
        Tool.run("gcc", "-shared", "-fPIC", "-o", temp.resolve("clock.so"), source, "-ldl");
        merge = SmallMerge.in(temp, "--hidden", 64, "--intermediate", 128, "--layers", 1, "--vocab", 2048);
        out = temp.resolve("out");
    }

    @AfterEach
    void killWhatIsLeft() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void aMergeThatIsInterruptedGoesOnToTheSameBytes() throws Exception {
        Process first = weir(merge.arguments(out, "--write-limit", "100K", "--tile-elements", 4096));
        awaitStagedBytes(first);
        Tool.run("kill", "-TERM", first.pid());
        Ran stopped = ended(first);
        assertEquals(143, stopped.code(), stopped.err());
        Ran again = ended(weir(merge.arguments(out)));
        assertEquals(ExitCode.DONE, again.code(), again.err());
        assertTrue(again.err().contains(out + GOES_ON), again.err());
        merge.assertDone(out);
        assertTrue(Duration.between(made(out), Instant.now()).abs().toDays() > 0, "the clock was not set");
    }

    @Test
    void limitsOfBytesPerSecondHold() throws Exception {
        long bytes = Files.size(temp.resolve("peace/model.safetensors"));
        long start = System.nanoTime();
        Ran ran = ended(weir(merge.arguments(out, "--write-limit", bytes / 4, "--tile-elements", 4096)));
        double seconds = Seconds.since(start);
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
        merge.assertDone(out);
        assertTrue(seconds > 3.5 && seconds < 30, seconds + " seconds in place of 4 and a little");
    }

    /** Also to who runs with another clock than the merge. */
    @Test
    void aRunningMergeIsKnownToBeAlive() throws Exception {
        Process running = weir(merge.arguments(out, "--write-limit", "20K", "--tile-elements", 4096));
        awaitStagedBytes(running);
        String pid = Long.toString(running.pid());
        List<String> asJson = List.of("stat", pid, "--log-format", "json");
        for (Ran seen : List.of(Ran.weir(asJson.toArray()), ended(weir(asJson)))) {
            assertEquals(ExitCode.DONE, seen.code(), seen.err());
            JsonNode stat = JsonMapper.shared().readTree(seen.out());
            assertTrue(stat.get("alive").asBoolean(), seen.out());
        }
        Ran text = ended(weir(List.of("stat", pid)));
        assertTrue(text.out().matches("(?s).*, started \\d+(\\.\\d+)? s ago.*"), text.out());
        Ran second = ended(weir(merge.arguments(out)));
        assertTrue(second.err().contains("being written already, by weir: process " + pid), second.err());
    }

    private Process weir(List<String> args) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(ProcessTest.command(List.of(), Main.class, args.toArray(String[]::new)));
        builder.environment().put("LD_PRELOAD", temp.resolve("clock.so").toString());
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private static Ran ended(Process process) throws Exception {
        boolean ends = process.waitFor(60, TimeUnit.SECONDS); // what it says fits into a pipe
        process.toHandle().destroyForcibly();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(ends, "it does not end: " + err);
        return new Ran(process.exitValue(), out, err);
    }

    /** Until a sixth or so of the merge is written: files grow to their whole length before. */
    private void awaitStagedBytes(Process process) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (doneBytes(process) == 0) {
            assertTrue(process.isAlive() && System.nanoTime() < end, "nothing was merged");
            Thread.sleep(20);
        }
        Thread.sleep(1000);
    }

    private static long doneBytes(Process process) throws IOException {
        try (Stream<String> lines =
                Ran.weir("stat", process.pid(), "--log-format", "json").out().lines()) {
            return lines.mapToLong(line ->
                            JsonMapper.shared().readTree(line).get("doneBytes").asLong())
                    .sum();
        }
    }

    private static Instant made(Path out) throws IOException {
        JsonNode manifest = JsonMapper.shared().readTree(Files.readString(out.resolve("merge-manifest.json")));
        return Instant.parse(manifest.get("made").asString());
    }
}
