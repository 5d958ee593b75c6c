package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that loses its power, as ext4 has it: what was not synced is lost, and what was may still be there in parts. The
 * output is absent, the old one or the new one, and the same command makes the new one.
 */
@Timeout(3600)
class PowerCutTest {
    /** How often the power is cut while a merge runs; and it is cut after each that has ended. */
    private static final int CUTS = Integer.getInteger("weir.cuts", 5);

    private static final int MAX_MILLIS = 400;

    /** It was done before, the disk failed midway, or it failed before anything was written. */
    private static final Set<Integer> END_CODES = Set.of(ExitCode.DONE, ExitCode.IO, ExitCode.USAGE);

    @TempDir
    private Path temp;

    private final Random random = new Random(Long.getLong("weir.cuts.seed", 1));

    @BeforeEach
    void requireDisks() throws Exception {
        Disk.require();
    }

    @Test
    void atAnyMomentTheOutputIsAbsentOldOrWholeAndTheSameCommandMakesIt() throws Exception {
        List<SmallMerge> merges = List.of(merge(1), merge(2));
        Map<Integer, Integer> ends = new TreeMap<>();
        int wentOn = 0;
        try (Disk disk = Disk.ext4(temp)) {
            Path out = disk.root().resolve("out");
            for (int cut = 0; cut < CUTS; ) {
                SmallMerge merge = merges.get(random.nextInt(2));
                Ran ran = cutOff(merge, out, disk);
                cut += ran.code() == ExitCode.DONE ? 0 : 1;
                ends.merge(ran.code(), 1, Integer::sum);
                assertTrue(END_CODES.contains(ran.code()), ran.err());
                disk.startAgain();
                assertTrue(Files.notExists(out) || merges.stream().anyMatch(one -> isWhole(one, out)), ran.err());
                assertTrue(ran.code() != ExitCode.DONE || isWhole(merge, out), ran.err());
                Ran again = merge.into(out, "--overwrite");
                disk.cutPower(false);
                assertEquals(ExitCode.DONE, again.code(), again.err());
                wentOn += again.err().contains(": goes on with a merge") ? 1 : 0;
                disk.startAgain();
                merge.assertWhole(out);
            }
        }
        System.out.printf("%d power cuts in a merge; exit codes: %s; %d went on%n", CUTS, ends, wentOn);
    }

    /** The file system writes all that it has at some moment, as it does every few seconds, and nothing from another on. */
    private Ran cutOff(SmallMerge merge, Path out, Disk disk) throws Exception {
        CompletableFuture<Ran> running = CompletableFuture.supplyAsync(
                () -> merge.into(out, "--overwrite", "--tile-elements", 2048, "--write-limit", "2M"));
        Thread.sleep(random.nextInt(MAX_MILLIS));
        if (random.nextBoolean()) {
            Tool.run("sync", "-f", disk.root());
            Thread.sleep(random.nextInt(MAX_MILLIS));
        }
        disk.cutPower(random.nextBoolean());
        return running.join();
    }

    private SmallMerge merge(int seed) throws IOException {
        return SmallMerge.in(
                Files.createDirectory(temp.resolve("models-" + seed)),
                "--seed",
                seed,
                "--hidden",
                128,
                "--intermediate",
                256,
                "--layers",
                1,
                "--vocab",
                1024);
    }

    private static boolean isWhole(SmallMerge merge, Path out) {
        try {
            merge.assertWhole(out);
            return true;
        } catch (AssertionError | IOException e) {
            return false;
        }
    }
}
