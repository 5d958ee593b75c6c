package org.weir.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.weir.checkpoint.SmallOutput.bytes;
import static org.weir.checkpoint.SmallOutput.list;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an interrupted writer has finished is gone on with, if it is still what was written, and nothing else is. */
class ResumeTest {
    private static final int LENGTH = 10_000;
    private static final ShardLayout LAYOUT = ShardLayout.of(
            List.of(
                    new TensorInfo("a", DType.U8, Shape.of(LENGTH)),
                    new TensorInfo("b", DType.U8, Shape.of(LENGTH)),
                    new TensorInfo("none", DType.U8, Shape.of(0))),
            LENGTH);
    private static final RunIdentity IDENTITY = new RunIdentity(Map.of("the config", "x"));

    @TempDir
    Path folder;

    private final byte[][] content = {random(1), random(2)};

    @Test
    void goesOnWithWhatWasFinishedAndMakesTheSameFiles() throws IOException {
        try (CheckpointWriter writer = resumed(IDENTITY)) {
            assertTrue(writer.recovery().isEmpty());
            assertTrue(writer.obstacle().isEmpty());
            write(writer, 0, 0, LENGTH);
            write(writer, 1, 100, 300);
            writer.addFile("config.json", new byte[] {'{', '}'});
            assertEquals(Optional.of(folder.toRealPath().resolve("out.staging")), writer.leaves());
        }
        assertEquals(List.of("out.staging", "out.staging.journal", "out.staging.lock"), list(folder));
        try (CheckpointWriter writer = resumed(IDENTITY)) {
            assertEquals(LENGTH + 200, writer.recovery().orElseThrow().claimedBytes());
            assertEquals(0, writer.finishedBytes(), "nothing counts before it was read back");
            recover(writer, 0);
            assertEquals(LENGTH + 200, writer.finishedBytes());
            assertEquals(LENGTH, writer.firstMissing(0, 0, LENGTH));
            assertEquals(300, writer.firstMissing(1, 100, LENGTH));
            assertEquals(100, writer.missingUntil(1, 0, LENGTH));
            write(writer, 1, 0, LENGTH);
            writer.addFile("config.json", new byte[] {'{', '}'});
            finish(writer);
        }
        assertEquals(List.of("out"), list(folder));
        assertWhole();
    }

    @Test
    void anotherPieceSizeWritesOnlyWhatIsMissing() throws IOException {
        try (CheckpointWriter writer = resumed(IDENTITY)) {
            write(writer, 0, 1000, 2500);
            write(writer, 0, 7000, 7001);
        }
        try (CheckpointWriter writer = resumed(IDENTITY)) {
            recover(writer, 0);
            for (int tensor = 0; tensor < 2; tensor++) {
                for (int at = 0; at < LENGTH; at += 768) {
                    write(writer, tensor, at, Math.min(LENGTH, at + 768));
                }
            }
            finish(writer);
        }
        assertWhole();
    }

    @Test
    void aDamagedRangeIsFoundAndMadeAgain() throws IOException {
        try (CheckpointWriter writer = resumed(IDENTITY)) {
            write(writer, 0, 0, 5000);
            write(writer, 0, 5000, LENGTH);
        }
        flip(folder.resolve("out.staging/model-00001-of-00002.safetensors"), headerBytes() + 6000);
        try (CheckpointWriter writer = resumed(IDENTITY)) {
            recover(writer, 5000);
            assertEquals(5000, writer.firstMissing(0, 0, LENGTH));
            write(writer, 0, 0, LENGTH);
            write(writer, 1, 0, LENGTH);
        }
        try (CheckpointWriter writer = resumed(IDENTITY)) { // the range is now claimed twice
            recover(writer, 0);
            finish(writer);
        }
        assertWhole();
    }

    @Test
    void aDamagedJournalOnlyCostsWork() throws IOException {
        for (int at : new int[] {3, 17, JournalFormat.CHUNK_BYTES + 5, JournalFormat.CHUNK_BYTES + 40}) {
            try (CheckpointWriter writer = resumed(IDENTITY)) {
                write(writer, 0, 0, 5000);
                write(writer, 0, 5000, LENGTH);
            }
            flip(folder.resolve("out.staging.journal"), at);
            try (CheckpointWriter writer = resumed(IDENTITY)) {
                recoverIfAny(writer);
                assertTrue(writer.finishedBytes() < LENGTH, "byte " + at);
                write(writer, 0, 0, LENGTH);
                write(writer, 1, 0, LENGTH);
                finish(writer);
            }
            assertWhole();
            Folders.removeTree(folder.resolve("out"));
        }
    }

    @Test
    void aJournalThatEndsAnywhereIsGoneOnWith() throws IOException {
        long full = 0;
        for (int cut = 0; cut <= 400; cut += 40) {
            try (CheckpointWriter writer = resumed(IDENTITY)) {
                for (int at = 0; at < LENGTH; at += 1000) {
                    write(writer, 0, at, at + 1000);
                }
            }
            Path journal = folder.resolve("out.staging.journal");
            try (RandomAccessFile file = new RandomAccessFile(journal.toFile(), "rw")) {
                file.setLength(JournalFormat.CHUNK_BYTES + cut);
            }
            try (CheckpointWriter writer = resumed(IDENTITY)) {
                recoverIfAny(writer);
                assertEquals(Math.min(cut / 32 * 1000, LENGTH), writer.finishedBytes(), "cut at " + cut);
                full = writer.finishedBytes();
                write(writer, 0, 0, LENGTH);
                writer.discard();
            }
        }
        assertEquals(LENGTH, full);
    }

    @Test
    void nothingIsGoneOnWithThatWasBegunDifferently() throws IOException {
        Map<String, RunIdentity> others = Map.of(
                "the config is not as it was", new RunIdentity(Map.of("the config", "y")),
                "the input m is not as it was", new RunIdentity(Map.of("the config", "x", "the input m", "1")));
        for (Map.Entry<String, RunIdentity> other : others.entrySet()) {
            try (CheckpointWriter writer = resumed(IDENTITY)) {
                write(writer, 0, 0, LENGTH);
            }
            try (CheckpointWriter writer = resumed(other.getValue())) {
                assertEquals(Optional.of(other.getKey()), writer.obstacle());
                assertTrue(writer.recovery().isEmpty());
                assertEquals(0, writer.firstMissing(0, 0, LENGTH));
                assertTrue(writer.leaves().isEmpty());
            }
            assertEquals(List.of(), list(folder));
        }
    }

    @Test
    void nothingIsGoneOnWithThatIsLaidOutDifferently() throws IOException {
        try (CheckpointWriter writer = resumed(IDENTITY)) {
            write(writer, 0, 0, LENGTH);
        }
        ShardLayout oneFile = ShardLayout.of(LAYOUT.tensors(), 1 << 20);
        try (CheckpointWriter writer = CheckpointWriter.resume(out(), oneFile, false, PageCache.KEEP, IDENTITY, true)) {
            assertEquals(Optional.of("the layout of the output is not as it was"), writer.obstacle());
        }
    }

    @Test
    void whoAsksForItBeginsAnew() throws IOException {
        try (CheckpointWriter writer = resumed(IDENTITY)) {
            write(writer, 0, 0, LENGTH);
        }
        try (CheckpointWriter writer = CheckpointWriter.resume(out(), LAYOUT, false, PageCache.KEEP, IDENTITY, false)) {
            assertTrue(writer.recovery().isEmpty());
            assertTrue(writer.obstacle().isEmpty());
            assertEquals(0, writer.firstMissing(0, 0, LENGTH));
        }
    }

    @Test
    void aStagedFileThatIsGoneOrLongerBeginsAnew() throws IOException {
        try (CheckpointWriter writer = resumed(IDENTITY)) {
            write(writer, 0, 0, LENGTH);
        }
        Files.delete(folder.resolve("out.staging/model-00002-of-00002.safetensors"));
        try (CheckpointWriter writer = resumed(IDENTITY)) {
            assertEquals(
                    Optional.of("'model-00002-of-00002.safetensors' is no longer what it had staged"),
                    writer.obstacle());
        }
    }

    @Test
    void whatOthersLeftInTheFolderDoesNotGetIntoTheOutput() throws IOException {
        try (CheckpointWriter writer = resumed(IDENTITY)) {
            write(writer, 0, 0, LENGTH);
        }
        Files.writeString(folder.resolve("out.staging/tokenizer.json"), "x");
        Files.writeString(folder.resolve("out.staging/hs_err_1.log"), "x");
        try (CheckpointWriter writer = resumed(IDENTITY)) {
            assertFalse(Files.exists(folder.resolve("out.staging/tokenizer.json")));
            assertTrue(Files.exists(folder.resolve("out.staging/hs_err_1.log"))); // why a JVM crashed, for a while
            recover(writer, 0);
            write(writer, 1, 0, LENGTH);
            finish(writer);
        }
        assertFalse(Files.exists(out().resolve("tokenizer.json")));
        assertFalse(Files.exists(out().resolve("hs_err_1.log")));
    }

    @Test
    void whatIsDiscardedIsNotGoneOnWith() throws IOException {
        try (CheckpointWriter writer = resumed(IDENTITY)) {
            write(writer, 0, 0, LENGTH);
            writer.discard();
            assertTrue(writer.leaves().isEmpty());
        }
        assertEquals(List.of(), list(folder));
    }

    @Test
    void whatOnlyLacksItsNameIsGoneOnWith() throws IOException {
        try (CheckpointWriter writer = resumed(IDENTITY)) {
            write(writer, 0, 0, LENGTH);
            write(writer, 1, 0, LENGTH);
            Files.createDirectory(out());
            Files.createFile(out().resolve("somebody's"));
            assertThrows(IOException.class, () -> finish(writer));
        }
        assertThrows(FileAlreadyExistsException.class, () -> resumed(IDENTITY).close());
        Folders.removeTree(out());
        try (CheckpointWriter writer = resumed(IDENTITY)) {
            recover(writer, 0);
            assertEquals(2 * LENGTH, writer.finishedBytes());
            finish(writer);
        }
        assertWhole();
    }

    @Test
    void whatIsStagedHasItsDiskSpaceAlready() throws IOException {
        int length = 8 << 20;
        ShardLayout layout = ShardLayout.of(List.of(new TensorInfo("x", DType.U8, Shape.of(length))), length);
        try (CheckpointWriter writer = CheckpointWriter.resume(out(), layout, false, PageCache.KEEP, IDENTITY, true)) {
            writer.write(0, 0, bytes(1, 2, 3));
        }
        Path staged = folder.resolve("out.staging");
        assertTrue(DiskSpace.allocatedBytes(staged) >= length, DiskSpace.allocatedBytes(staged) + " bytes");
        assertEquals(0, DiskSpace.allocatedBytes(folder.resolve("nowhere")));
        long free = Files.getFileStore(folder).getUsableSpace();
        assertThrows(NotEnoughSpaceException.class, () -> DiskSpace.require(folder, free, folder.resolve("nowhere")));
        long fits = free + length - free / 100 - (4 << 20);
        assertThrows(NotEnoughSpaceException.class, () -> DiskSpace.require(folder, free + length, staged));
        DiskSpace.require(folder, fits, staged);
    }

    @Test
    void sumsDoNotShowHowTheBytesCame() throws IOException {
        Checksums one;
        try (CheckpointWriter writer = resumed(IDENTITY)) {
            write(writer, 0, 0, LENGTH);
            write(writer, 1, 0, LENGTH);
            one = finish(writer);
        }
        assertEquals(one.shards().getFirst().crc32c(), Crc32c.of(Files.readAllBytes(shard(1))));
        assertEquals(one.shards().get(1).crc32c(), Crc32c.of(Files.readAllBytes(shard(2))));
        assertEquals(List.of(Crc32c.of(content[0]), Crc32c.of(content[1]), 0), one.tensors());
        Folders.removeTree(out());
        try (CheckpointWriter writer = resumed(IDENTITY)) {
            write(writer, 1, 5000, LENGTH);
            write(writer, 0, 1, LENGTH);
        }
        try (CheckpointWriter writer = resumed(IDENTITY)) {
            recover(writer, 0);
            write(writer, 1, 0, 5001);
            write(writer, 0, 0, 2);
            assertEquals(one, finish(writer));
        }
    }

    private CheckpointWriter resumed(RunIdentity identity) throws IOException {
        return CheckpointWriter.resume(out(), LAYOUT, false, PageCache.KEEP, identity, true);
    }

    private static void recover(CheckpointWriter writer, long damagedBytes) throws IOException {
        Recovery recovery = writer.recovery().orElseThrow();
        recovery.run(3, () -> false, (tensor, length, note) -> {}, bytes -> {});
        assertEquals(damagedBytes, recovery.damagedBytes());
    }

    private static void recoverIfAny(CheckpointWriter writer) throws IOException {
        if (writer.recovery().isPresent()) {
            writer.recovery().get().run(1, () -> false, (tensor, length, note) -> {}, bytes -> {});
        }
    }

    private void write(CheckpointWriter writer, int tensor, int from, int to) throws IOException {
        writer.write(tensor, from, MemorySegment.ofArray(content[tensor]).asSlice(from, to - from));
    }

    private static Checksums finish(CheckpointWriter writer) throws IOException {
        Checksums checksums = writer.finish();
        writer.publish(manifest -> manifest.with("x", 1));
        return checksums;
    }

    private void assertWhole() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(out())) {
            for (int tensor = 0; tensor < 2; tensor++) {
                assertArrayEquals(
                        content[tensor],
                        checkpoint
                                .tensor(tensor == 0 ? "a" : "b")
                                .orElseThrow()
                                .bytes()
                                .toArray(ValueLayout.JAVA_BYTE));
            }
        }
    }

    private static long headerBytes() {
        return LAYOUT.shards().getFirst().headerBytes();
    }

    private static void flip(Path file, long at) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(at);
            int old = bytes.read();
            bytes.seek(at);
            bytes.write(old ^ 1);
        }
    }

    private Path shard(int number) {
        return out().resolve("model-%05d-of-00002.safetensors".formatted(number));
    }

    private Path out() {
        return folder.resolve("out");
    }

    private static byte[] random(int seed) {
        byte[] bytes = new byte[LENGTH];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
