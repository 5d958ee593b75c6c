package org.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CounterFileTest {
    @TempDir
    private Path temp;

    @Test
    void whatAMergeCountsOthersRead() throws IOException {
        try (CounterFile file = CounterFile.inFolder(temp, "/models/größer", 2, 11)) {
            MergeProgress progress = new MergeProgress(file);
            progress.begin(1L << 42);
            progress.enter(MergeProgress.Phase.MERGING);
            progress.advance(1L << 41);
            new CounterMeter(file, 0).set(0, "widen", 7, 1L << 33);
            new CounterMeter(file, 1).set(0, "widen", 8, 1);
            RunningMerge seen = RunningMerge.read(only()).orElseThrow();
            assertEquals("/models/größer", seen.name());
            assertEquals(ProcessHandle.current().pid(), seen.pid());
            assertEquals(2, seen.workers());
            assertEquals(1L << 42, seen.totalBytes());
            assertEquals(1L << 41, seen.doneBytes());
            assertEquals(MergeProgress.Phase.MERGING, seen.phase());
            assertEquals(List.of(new StageTime("widen", 0, 0, (1L << 33) + 1, 15)), seen.stages());
            assertTrue(seen.alive());
            assertTrue(seen.now().isPresent());
        }
        assertEquals(List.of(), files());
    }

    @Test
    void countersThatFindNoRoomAreLeftOut() throws IOException {
        try (CounterFile file = CounterFile.inFolder(temp, "", 1, 5)) {
            MergeProgress progress = new MergeProgress(file);
            CounterMeter meter = new CounterMeter(file, 0);
            meter.set(0, "widen", 1, 2);
            meter.set(1, "delta", 3, 4);
            progress.advance(5);
            RunningMerge seen = RunningMerge.read(only()).orElseThrow();
            assertEquals(List.of(new StageTime("widen", 0, 0, 2, 1)), seen.stages());
            assertEquals(5, seen.doneBytes());
        }
    }

    @Test
    void aProcessThatHasTheNumberOfADeadOneIsNotTakenForIt() throws IOException {
        try (CounterFile file = CounterFile.inFolder(temp, "", 1, 3)) {
            new MergeProgress(file);
            byte[] bytes = Files.readAllBytes(only());
            ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
            view.putLong(CounterFile.TICKS_AT, view.getLong(CounterFile.TICKS_AT) - 1);
            Path other = Files.write(temp.resolve("other"), bytes);
            assertFalse(RunningMerge.read(other).orElseThrow().alive());
        }
    }

    @Test
    void aFileThatIsBeingMadeOrHasGoneIsNoMerge() throws IOException {
        assertEquals(Optional.empty(), RunningMerge.read(temp.resolve("nowhere")));
        assertEquals(Optional.empty(), RunningMerge.read(Files.write(temp.resolve("empty"), new byte[0])));
        assertEquals(Optional.empty(), RunningMerge.read(Files.write(temp.resolve("zeros"), new byte[100_000])));
    }

    @Test
    void aSecondMergeOfThisProcessDoesNotEmptyTheFileUnderTheFirst() throws IOException {
        CounterFile first = CounterFile.inFolder(temp, "first", 1, 10);
        MergeProgress progress = new MergeProgress(first);
        try (CounterFile second = CounterFile.inFolder(temp, "second", 1, 3)) {
            new MergeProgress(second);
            progress.advance(1); // a signal if the page had gone
            assertEquals("second", RunningMerge.read(only()).orElseThrow().name());
        }
    }

    @Test
    void nothingIsLeftWhereTheFileCannotBeMade() throws IOException {
        assertThrows(IOException.class, () -> CounterFile.inFolder(temp.resolve("missing"), "", 1, 10));
        assertThrows(ArithmeticException.class, () -> CounterFile.inFolder(temp, "", 1, Integer.MAX_VALUE));
        assertEquals(List.of(), files());
    }

    private Path only() throws IOException {
        return files().getFirst();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(temp)) {
            return files.filter(file -> file.toString().endsWith(CounterFolder.SUFFIX))
                    .toList();
        }
    }
}
