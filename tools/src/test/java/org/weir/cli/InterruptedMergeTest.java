package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A merge that ends before its time, in any way and at any moment, loses nothing and leaves nothing wrong: the same
 * command goes on, and the weights are those of a merge that nobody interrupted.
 */
@Timeout(3600)
class InterruptedMergeTest {
    /** How often the merge is killed; 200 times take a quarter of an hour. */
    private static final int KILLS = Integer.getInteger("weir.kills", 5);

    /** A little more than the merge takes. */
    private static final int MAX_MILLIS = 6000;

    private static final int PATIENCE_SECONDS = 120;
    private static final int JOURNAL_HEAD_BYTES = 1 << 16;
    private static final int STAGED_RANGES = 60;
    private static final String GOES_ON = ": goes on with a merge that was interrupted";
    private static final String BEGINS_ANEW =
            ": begins anew and removes what a merge that was interrupted had finished: ";

    @TempDir
    private static Path models;

    @TempDir
    private Path temp;

    private Path config = Path.of("");
    private Path out = Path.of("");
    private final List<Process> started = new ArrayList<>();

    @BeforeAll
    static void makeModels() {
        Ran synth = Ran.weir(
                "synth",
                models,
                "--experts",
                2,
                "--hidden",
                256,
                "--intermediate",
                512,
                "--layers",
                4,
                "--vocab",
                4096);
        assertEquals(0, synth.code(), synth.err());
    }

    @BeforeEach
    void writeConfig() throws IOException {
        out = temp.resolve("out");
        config = Files.writeString(temp.resolve("ties.yml"), """
                merge_method: ties
                base_model: %1$s/base
                models: [{model: %1$s/expert-1}, {model: %1$s/expert-2}]
                parameters: {weight: 1, density: 0.3}
                """.formatted(models));
    }

    @AfterEach
    void killWhatIsLeft() throws InterruptedException {
        for (Process process : started) {
            kill(process);
        }
    }

    @Test
    void killedAtAnyMomentItGoesOnToTheSameBytes() throws Exception {
        Path peace = mergedInPeace();
        Random random = new Random(Long.getLong("weir.kills.seed", 1));
        int kills = 0;
        int wentOn = 0;
        while (kills < KILLS) {
            Process merge = start("--write-limit", "5M");
            if (random.nextBoolean()) {
                awaitStagedRanges(merge);
            }
            boolean ended = merge.waitFor(random.nextInt(MAX_MILLIS), TimeUnit.MILLISECONDS);
            kill(merge);
            if (ended) {
                assertEquals(ExitCode.DONE, merge.exitValue(), err(merge));
            }
            kills += ended ? 0 : 1;
            wentOn += err(merge).contains(GOES_ON) ? 1 : 0;
            if (Files.exists(out)) {
                assertSameWeights(peace);
                remove(out);
            }
        }
        Ran last = merge(out);
        assertEquals(ExitCode.DONE, last.code(), last.err());
        assertSameWeights(peace);
        assertEquals(List.of("out", "peace", "ties.yml"), SmallMerge.names(temp));
        assertTrue(wentOn > 0 || KILLS < 20, "not one of them went on");
        System.out.printf("%d kills, %d merges went on%n", kills, wentOn);
    }

    /** The best of three, since on a busy machine any process may have to wait for a processor. */
    @ParameterizedTest
    @CsvSource({"TERM, 143", "INT, 130"})
    void aSignalStopsItWithinTwoSecondsAndTheSameCommandGoesOn(String signal, int code) throws Exception {
        assumeFalse(isIgnored(signal), "whoever started the tests has this signal ignored");
        Duration took = stopped(signal, code);
        for (int tries = 1; tries < 3 && took.toMillis() >= 2000; tries++) {
            Tool.run("sh", "-c", "rm -r " + out + ".staging*");
            took = stopped(signal, code);
        }
        assertTrue(took.toMillis() < 2000, took.toString());
        goesOn();
        assertSameWeights(mergedInPeace());
    }

    /** How long a merge takes to end when it is told to. */
    private Duration stopped(String signal, int code) throws Exception {
        Process merge = start("--write-limit", "1M");
        awaitStagedRanges(merge);
        long begin = System.nanoTime();
        Tool.run("kill", "-" + signal, merge.pid());
        assertTrue(merge.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        String err = err(merge);
        assertEquals(code, merge.exitValue(), err);
        String left = "weir: stopped; what is finished is in " + out + ".staging, and the same command goes on";
        assertTrue(err.contains(left), err);
        assertFalse(Files.exists(out));
        return took;
    }

    /** The first document trims, so that it is written before the second is merged from it. */
    @Test
    void aStepThatIsKilledGoesOnToo() throws Exception {
        Files.writeString(config, "name: trimmed\n" + Files.readString(config) + """
                ---
                merge_method: linear
                models: [{model: trimmed}, {model: %s/expert-1}]
                parameters: {weight: 1}
                """.formatted(models));
        Process merge = start("--write-limit", "2M");
        awaitStagedRanges(merge, temp.resolve("out.steps/trimmed.staging.journal"));
        kill(merge);
        assertFalse(outlines(merge).isEmpty(), "there was nothing to leave");
        Ran again = merge(out);
        assertEquals(ExitCode.DONE, again.code(), again.err());
        assertTrue(again.err().contains("out.steps/trimmed" + GOES_ON), again.err());
        assertEquals(List.of(), outlines(merge));
        assertSameWeights(mergedInPeace());
        assertEquals(List.of("out", "peace", "ties.yml"), SmallMerge.names(temp));
    }

    /** What a process has planned steps with. */
    private static List<String> outlines(Process process) throws IOException {
        Path mine = Path.of("/tmp/weir-" + Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        return SmallMerge.names(mine).stream()
                .filter(name -> name.startsWith("outlines-" + process.pid() + "-"))
                .toList();
    }

    @Test
    void whoGoesOnMayCutTheWorkDifferently() throws Exception {
        killAfterAWhile("--tile-elements", "3000", "-j", "1");
        goesOn("--tile-elements", "70000", "-j", "3");
        assertSameWeights(mergedInPeace());
    }

    @Test
    void aDamagedStagedRangeIsSaidAndMadeAgain() throws Exception {
        killAfterAWhile();
        for (String name : SmallMerge.names(temp.resolve("out.staging"))) {
            damage(temp.resolve("out.staging").resolve(name));
        }
        Ran again = goesOn();
        assertTrue(
                again.err().contains(" of what it had finished were not on the disk as they should be"), again.err());
        assertSameWeights(mergedInPeace());
    }

    @Test
    void anotherConfigBeginsAnew() throws Exception {
        killAfterAWhile();
        Files.writeString(config, Files.readString(config).replace("density: 0.3", "density: 0.4"));
        beginsAnew("the config is not as it was");
    }

    @Test
    void anotherSeedBeginsAnew() throws Exception {
        killAfterAWhile();
        beginsAnew("the random seed is not as it was", "--random-seed", 5);
    }

    @Test
    void anInputThatWasWrittenToBeginsAnew() throws Exception {
        Path mine = temp.resolve("models");
        copy(models, mine);
        Files.writeString(config, Files.readString(config).replace(models.toString(), mine.toString()));
        killAfterAWhile();
        Path expert = mine.resolve("expert-2/model.safetensors");
        FileTime before = Files.getLastModifiedTime(expert);
        try (RandomAccessFile bytes = new RandomAccessFile(expert.toFile(), "rw")) {
            bytes.seek(bytes.length() - 2);
            bytes.write(0);
        }
        Files.setLastModifiedTime(expert, before); // size and time as before: the kernel's own time tells
        beginsAnew("the input " + expert + " is not as it was");
    }

    @Test
    void whoAsksForItBeginsAnew() throws Exception {
        killAfterAWhile();
        Ran ran = merge(out, "--no-resume");
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
        assertFalse(ran.err().contains("interrupted"), ran.err());
        assertSameWeights(mergedInPeace());
    }

    @Test
    void anInputThatChangesMeanwhileIsNamedAndNothingIsLeft() throws Exception {
        Path mine = temp.resolve("models");
        copy(models, mine);
        Files.writeString(config, Files.readString(config).replace(models.toString(), mine.toString()));
        Process merge = start("--write-limit", "4M");
        awaitStagedRanges(merge);
        Path base = mine.resolve("base/model.safetensors");
        Files.setLastModifiedTime(base, FileTime.from(Instant.now().plusSeconds(7)));
        assertTrue(merge.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
        String err = err(merge);
        assertEquals(ExitCode.INPUT, merge.exitValue(), err);
        assertTrue(err.contains(base + ": the file has changed since it was opened"), err);
        assertEquals(List.of("models", "ties.yml"), SmallMerge.names(temp));
    }

    /** A second merge is turned away, and does no harm to the first. */
    @Test
    void onlyOneMergesIntoAnOutput() throws Exception {
        Process first = start("--write-limit", "2M");
        awaitStagedRanges(first);
        Ran second = merge(out);
        assertTrue(second.err().contains("being written already, by weir: process " + first.pid()), second.err());
        kill(first);
        goesOn();
        assertSameWeights(mergedInPeace());
    }

    /** Where the next merge is refused for another reason, what was finished is still there afterwards. */
    @Test
    void aMergeThatIsTurnedAwayLeavesWhatWasFinished() throws Exception {
        killAfterAWhile();
        Files.createDirectory(out);
        Files.createFile(out.resolve("somebody's"));
        assertEquals(ExitCode.USAGE, merge(out).code());
        remove(out);
        goesOn();
    }

    private void killAfterAWhile(String... options) throws Exception {
        Process merge = start(Stream.concat(Stream.of(options), Stream.of("--write-limit", "2M"))
                .toArray(String[]::new));
        awaitStagedRanges(merge);
        kill(merge);
        assertFalse(Files.exists(out), "killed too late");
    }

    private Ran goesOn(Object... options) {
        Ran ran = merge(out, options);
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
        assertTrue(ran.err().contains(out + GOES_ON), ran.err());
        return ran;
    }

    private void beginsAnew(String why, Object... options) {
        Ran ran = merge(out, options);
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
        assertTrue(ran.err().contains("weir: " + out + BEGINS_ANEW + why), ran.err());
        assertFalse(ran.err().contains(GOES_ON), ran.err());
        Ran verify = Ran.weir("verify", out, "--against-inputs", 1);
        assertEquals(ExitCode.DONE, verify.code(), verify.err());
    }

    private Ran merge(Path to, Object... options) {
        return Ran.weir(Stream.concat(Stream.of("merge", config, to, "--out-shard-size", "5MB"), Stream.of(options))
                .toArray());
    }

    private Process start(String... options) throws IOException {
        List<String> command =
                new ArrayList<>(List.of("merge", config.toString(), out.toString(), "--out-shard-size", "5MB"));
        command.addAll(List.of(options));
        if (!command.contains("--tile-elements")) {
            command.addAll(List.of("--tile-elements", "4096"));
        }
        Process process = ProcessTest.start(ProcessBuilder.Redirect.DISCARD, command.toArray(String[]::new));
        started.add(process);
        return process;
    }

    /** With -9. Through the handle: the other way closes the streams before they are read. */
    private static void kill(Process process) throws InterruptedException {
        process.toHandle().destroyForcibly();
        process.waitFor();
    }

    /** Until some of the weights are written, as the journal says, or the merge has ended. */
    private void awaitStagedRanges(Process merge) throws Exception {
        awaitStagedRanges(merge, temp.resolve("out.staging.journal"));
    }

    private static void awaitStagedRanges(Process merge, Path journal) throws Exception {
        for (int i = 0; i < PATIENCE_SECONDS * 100 && merge.isAlive(); i++) {
            if (writtenBytes(content(journal)) > JOURNAL_HEAD_BYTES + STAGED_RANGES * 32) {
                return;
            }
            Thread.sleep(10);
        }
        assertFalse(merge.isAlive(), "nothing was staged");
    }

    /** The journal is longer than what was written to it: the rest is zeros, and a record may hold zeros anywhere. */
    private static int writtenBytes(byte[] journal) {
        int end = journal.length;
        while (end > 0 && journal[end - 1] == 0) {
            end--;
        }
        return end;
    }

    private static byte[] content(Path file) throws IOException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return new byte[0];
        }
    }

    private Path mergedInPeace() {
        Path peace = temp.resolve("peace");
        Ran ran = merge(peace);
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
        return peace;
    }

    /** One bit in every piece of 8 KiB, which is what a tile is here. */
    private static void damage(Path shard) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(shard.toFile(), "rw")) {
            for (long at = 8000; at < bytes.length(); at += 8000) {
                bytes.seek(at);
                int old = bytes.read();
                bytes.seek(at);
                bytes.write(old ^ 0x10);
            }
        }
    }

    private void assertSameWeights(Path peace) throws IOException {
        assertEquals(SmallMerge.names(peace), SmallMerge.names(out));
        for (String name : SmallMerge.names(peace)) {
            if (!name.equals("merge-manifest.json")) { // holds times
                assertEquals(-1, Files.mismatch(peace.resolve(name), out.resolve(name)), name);
            }
        }
        Ran verify = Ran.weir("verify", out);
        assertEquals(ExitCode.DONE, verify.code(), verify.err());
    }

    /** As programs in the background of a script have it; their children inherit it. */
    private static boolean isIgnored(String signal) throws IOException {
        String mask = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .findFirst()
                .orElse("SigIgn: 0");
        int number = signal.equals("INT") ? 2 : 15;
        return (Long.parseUnsignedLong(mask.split("\\s+")[1], 16) >>> (number - 1) & 1) != 0;
    }

    private static String err(Process process) throws IOException {
        return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                Files.copy(path, to.resolve(from.relativize(path)));
            }
        }
    }

    private static void remove(Path folder) throws IOException {
        for (String name : SmallMerge.names(folder)) {
            Files.delete(folder.resolve(name));
        }
        Files.delete(folder);
    }
}
