package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Disks on which there is no room, or soon none: the merge says so in one line, and goes on when room was made. */
@Timeout(300)
class FullDiskTest {
    private static final int JOURNAL_HEAD_BYTES = 1 << 16;
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int ENOUGH_FILES = 100;

    @TempDir
    private Path temp;

    private enum Kind {
        RESERVES_ROOM {
            @Override
            Disk in(Path folder) throws Exception {
                return Disk.ext4(folder);
            }
        },
        CANNOT_RESERVE_ROOM {
            @Override
            Disk in(Path folder) throws Exception {
                return Disk.ext4(folder, "-O", "^extent,^64bit,^metadata_csum");
            }
        },
        IS_IN_MEMORY {
            @Override
            Disk in(Path folder) throws Exception {
                return Disk.tmpfs(folder, "size=16m");
            }
        };

        abstract Disk in(Path folder) throws Exception;
    }

    @BeforeEach
    void requireDisks() throws Exception {
        Disk.require();
    }

    @ParameterizedTest
    @EnumSource
    void oneThatFillsUpMidwayEndsTheMergeWhichGoesOnWhenThereIsRoom(Kind kind) throws Exception {
        SmallMerge merge = ofMegabytes(1);
        try (Disk disk = kind.in(temp)) {
            Path out = disk.root().resolve("out");
            Ran ran = filledMidway(merge, out, disk, "1M");
            assertEnds(ExitCode.IO, "out.staging", ran);
            assertTrue(ran.err().contains("not enough disk space"), ran.err());
            assertTrue(ran.err().contains("the same command goes on from there"), ran.err());
            assertFalse(Files.exists(out));
            disk.makeRoom();
            assertGoesOn(merge, out);
        }
    }

    /** Of more tiles than a chunk of the journal has room for. */
    @Test
    void oneThatHasNoRoomForTheJournalEndsTheMergeWhichGoesOn() throws Exception {
        SmallMerge merge = ofMegabytes(9);
        try (Disk disk = Disk.ext4(temp)) {
            Path out = disk.root().resolve("out");
            assertEnds(ExitCode.IO, "out.staging.journal: not enough disk space", filledMidway(merge, out, disk, "9M"));
            disk.makeRoom();
            assertGoesOn(merge, out);
        }
    }

    /** It takes the data and only loses them when they are synced: its own file lies on a disk that is full. */
    @Test
    void oneThatIsFullOnlyWhenItIsSyncedCostsWhatWasStaged() throws Exception {
        SmallMerge merge = ofMegabytes(1);
        try (Disk below = Disk.tmpfs(temp, "size=8m");
                Disk disk = Disk.ext4(below.root())) {
            Path out = disk.root().resolve("out");
            Ran ran = filledMidway(merge, out, below, "1M");
            assertEnds(ExitCode.IO, "cannot be brought to the disk: ", ran);
            assertFalse(Files.exists(out));
            below.makeRoom();
            disk.startAgain();
            assertEquals(ExitCode.DONE, merge.into(out).code());
            merge.assertDone(out);
        }
    }

    @Test
    void oneThatIsFullAlreadyIsSaidBeforeTheStart() throws Exception {
        SmallMerge merge = SmallMerge.in(temp);
        try (Disk disk = Disk.ext4(temp)) {
            Path out = disk.root().resolve("out");
            disk.fill();
            assertEnds(ExitCode.RESOURCES, "not enough space: ", merge.into(out));
            assertEquals(List.of(), SmallMerge.staged(out));
            disk.makeRoom();
            assertEquals(ExitCode.DONE, merge.into(out).code());
            merge.assertDone(out);
        }
    }

    /** For the lock, the folder, a shard, the journal, the manifest ...: none has room at first, then one, then two. */
    @Test
    void oneThatTakesNoMoreFilesEndsTheMergeWhicheverItIs() throws Exception {
        SmallMerge merge = SmallMerge.in(temp);
        int files = 2;
        for (int code = ExitCode.IO; code != ExitCode.DONE; files++) {
            Path folder = Files.createDirectory(temp.resolve("files-" + files));
            try (Disk disk = Disk.tmpfs(folder, "size=16m,nr_inodes=" + files)) {
                Path out = disk.root().resolve("out");
                Ran ran = merge.into(out);
                code = ran.code();
                if (code != ExitCode.DONE) {
                    assertEnds(ExitCode.IO, out.toString(), ran);
                    assertFalse(Files.exists(out));
                    Tool.run("mount", "-o", "remount,nr_inodes=" + ENOUGH_FILES, disk.root());
                    Ran again = merge.into(out);
                    assertEquals(ExitCode.DONE, again.code(), again.err());
                }
                merge.assertDone(out);
            }
        }
        assertTrue(files > 8, files + " files were enough");
    }

    private SmallMerge ofMegabytes(int megabytes) throws IOException {
        return SmallMerge.in(temp, "--hidden", 128, "--intermediate", 256, "--layers", 1, "--vocab", 4000 * megabytes);
    }

    /** Takes all the room when the merge has written something; its own reserve keeps it writing for a while. */
    private static Ran filledMidway(SmallMerge merge, Path out, Disk disk, String writeLimit) throws Exception {
        CompletableFuture<Ran> running = CompletableFuture.supplyAsync(
                () -> merge.into(out, "--tile-elements", 2048, "--write-limit", writeLimit));
        Path journal = out.resolveSibling("out.staging.journal");
        for (int waited = 0; Files.notExists(journal) || Files.size(journal) <= JOURNAL_HEAD_BYTES; waited += 5) {
            assertTrue(waited < PATIENCE_MILLIS && !running.isDone(), "it has not begun");
            Thread.sleep(5);
        }
        disk.fill();
        return running.join();
    }

    private static void assertEnds(int code, String said, Ran ran) {
        assertEquals(code, ran.code(), ran.err());
        List<String> problems = ran.errLines().stream()
                .filter(line -> line.startsWith("weir: "))
                .toList();
        assertEquals(1, problems.size(), ran.err());
        assertTrue(problems.getFirst().contains(said), ran.err());
    }

    private static void assertGoesOn(SmallMerge merge, Path out) throws IOException {
        Ran again = merge.into(out);
        assertEquals(ExitCode.DONE, again.code(), again.err());
        assertTrue(again.err().contains(": goes on with a merge that was interrupted"), again.err());
        merge.assertDone(out);
    }
}
