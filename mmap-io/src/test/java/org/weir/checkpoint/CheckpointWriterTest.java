package org.weir.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An output appears whole or not at all. */
class CheckpointWriterTest {
    private static final ShardLayout TWO_SHARDS = ShardLayout.of(
            List.of(new TensorInfo("b", DType.U8, Shape.of(4)), new TensorInfo("a", DType.U8, Shape.of(4))), 4);
    private static final ShardLayout ONE_SHARD =
            ShardLayout.of(List.of(new TensorInfo("x", DType.U8, Shape.of(4))), 100);

    @TempDir
    Path folder;

    @Test
    void writesFilesByteForByte() throws IOException {
        try (CheckpointWriter writer = CheckpointWriter.create(out(), TWO_SHARDS, false)) {
            writer.write(1, 0, bytes(5, 6, 7, 8));
            writer.write(0, 2, bytes(3, 4));
            writer.write(0, 0, bytes(1, 2));
            writer.addFile("config.json", new byte[] {'{', '}'});
            writer.publish();
        }
        String header =
                "{\"__metadata__\":{\"format\":\"pt\"},\"%s\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}"
                        + "    ";
        byte[] b = header.formatted("b").getBytes(StandardCharsets.UTF_8);
        byte[] a = header.formatted("a").getBytes(StandardCharsets.UTF_8);
        assertEquals(88, a.length);
        assertArrayEquals(RawFile.bytes(88, b, new byte[] {1, 2, 3, 4}), content("model-00001-of-00002.safetensors"));
        assertArrayEquals(RawFile.bytes(88, a, new byte[] {5, 6, 7, 8}), content("model-00002-of-00002.safetensors"));
        assertArrayEquals(new byte[] {'{', '}'}, content("config.json"));
        assertEquals(
                List.of(
                        "config.json",
                        "model-00001-of-00002.safetensors",
                        "model-00002-of-00002.safetensors",
                        "model.safetensors.index.json"),
                list(out()));
        assertEquals(List.of("out"), list(folder));
    }

    @Test
    void writesNoIndexForOneFile() throws IOException {
        writeOne(out(), false, 1);
        assertEquals(List.of("model.safetensors"), list(out()));
    }

    @Test
    void showsNothingUntilItIsPublished() throws IOException {
        try (CheckpointWriter writer = CheckpointWriter.create(out(), ONE_SHARD, false)) {
            writer.write(0, 0, bytes(1, 1, 1, 1));
            assertFalse(Files.exists(out()));
            assertEquals(List.of("out.staging", "out.staging.lock"), list(folder));
            writer.publish();
            assertTrue(Files.exists(out()));
        }
    }

    @Test
    void leavesNothingBehindWhenItIsNotPublished() throws IOException {
        try (CheckpointWriter writer = CheckpointWriter.create(out(), TWO_SHARDS, false)) {
            writer.write(0, 0, bytes(1));
        }
        assertEquals(List.of(), list(folder));
    }

    @Test
    void refusesToPublishATensorWithAHole() throws IOException {
        try (CheckpointWriter writer = CheckpointWriter.create(out(), TWO_SHARDS, false)) {
            writer.write(0, 0, bytes(1, 2, 3, 4));
            writer.write(1, 0, bytes(1, 2, 3));
            IllegalStateException e = assertThrows(IllegalStateException.class, writer::publish);
            assertEquals("of 'a' U8 [4] only 3 bytes were written", e.getMessage());
        }
        assertEquals(List.of(), list(folder));
    }

    @Test
    void refusesBytesOutsideATensor() throws IOException {
        try (CheckpointWriter writer = CheckpointWriter.create(out(), TWO_SHARDS, false)) {
            assertThrows(IndexOutOfBoundsException.class, () -> writer.write(0, 1, bytes(1, 2, 3, 4)));
            assertThrows(IndexOutOfBoundsException.class, () -> writer.write(0, -1, bytes(1)));
            assertThrows(IndexOutOfBoundsException.class, () -> writer.write(2, 0, bytes(1)));
        }
    }

    @Test
    void takesPiecesFromManyThreadsAndFromMemoryOfAnyKind() throws Exception {
        int length = 1 << 20;
        int piece = 1 << 12;
        byte[] content = new byte[length];
        new java.util.Random(1).nextBytes(content);
        ShardLayout layout = ShardLayout.of(List.of(new TensorInfo("x", DType.U8, Shape.of(length))), length);
        try (CheckpointWriter writer = CheckpointWriter.create(out(), layout, false);
                Arena arena = Arena.ofShared();
                var threads = Executors.newFixedThreadPool(4)) {
            MemorySegment direct = arena.allocate(length).copyFrom(MemorySegment.ofArray(content));
            MemorySegment heap = MemorySegment.ofArray(content).asReadOnly();
            for (Future<?> done : Stream.iterate(0, at -> at < length, at -> at + piece)
                    .<Future<?>>map(at -> threads.submit(() -> {
                        writer.write(0, at, (at / piece % 2 == 0 ? direct : heap).asSlice(at, piece));
                        return null;
                    }))
                    .toList()) {
                done.get();
            }
            writer.publish();
        }
        try (Checkpoint checkpoint = Checkpoint.open(out())) {
            assertEquals(-1, checkpoint.tensors().getFirst().bytes().mismatch(MemorySegment.ofArray(content)));
        }
    }

    @Test
    void givesFilesThePermissionsOfNewFiles() throws IOException {
        Path source = Files.write(folder.resolve("source"), new byte[3]);
        Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("r--------"));
        try (CheckpointWriter writer = CheckpointWriter.create(out(), ONE_SHARD, false)) {
            writer.write(0, 0, bytes(1, 2, 3, 4));
            writer.copyFile("copied", source);
            writer.publish();
        }
        var expected = Files.getPosixFilePermissions(Files.createFile(folder.resolve("plain")));
        assertEquals(expected, Files.getPosixFilePermissions(out().resolve("model.safetensors")));
        assertEquals(expected, Files.getPosixFilePermissions(out().resolve("copied")));
        var expectedOfFolders = Files.getPosixFilePermissions(Files.createDirectory(folder.resolve("plain-folder")));
        assertEquals(expectedOfFolders, Files.getPosixFilePermissions(out()));
    }

    @Test
    void copiesFilesThroughLinks() throws IOException {
        Path blob = Files.writeString(folder.resolve("blob"), "x".repeat(3_000_000));
        Path link = Files.createSymbolicLink(folder.resolve("link"), blob);
        try (CheckpointWriter writer = CheckpointWriter.create(out(), ONE_SHARD, false)) {
            writer.write(0, 0, bytes(1, 2, 3, 4));
            writer.copyFile("tokenizer.json", link);
            assertThrows(IOException.class, () -> writer.copyFile("folder", folder));
            writer.publish();
        }
        assertFalse(Files.isSymbolicLink(out().resolve("tokenizer.json")));
        assertEquals(-1, Files.mismatch(blob, out().resolve("tokenizer.json")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "a/b",
                "/a",
                "a\\b",
                "a\0b",
                "model.safetensors",
                "x.safetensors",
                "model.safetensors.index.json"
            })
    void refusesNamesThatLeadElsewhereOrToTheWeights(String name) throws IOException {
        try (CheckpointWriter writer = CheckpointWriter.create(out(), ONE_SHARD, false)) {
            assertThrows(IllegalArgumentException.class, () -> writer.addFile(name, new byte[0]));
            assertThrows(IllegalArgumentException.class, () -> writer.copyFile(name, folder.resolve("any")));
        }
    }

    @Test
    void refusesTheSameFileTwice() throws IOException {
        try (CheckpointWriter writer = CheckpointWriter.create(out(), ONE_SHARD, false)) {
            writer.addFile("a", new byte[1]);
            assertThrows(FileAlreadyExistsException.class, () -> writer.addFile("a", new byte[1]));
        }
    }

    @Test
    void createsTheFoldersAboveTheOutput() throws IOException {
        writeOne(folder.resolve("deep/er/out"), false, 1);
        assertEquals(1, firstByte(folder.resolve("deep/er/out")));
    }

    @Test
    void takesTheNameOfAnEmptyFolder() throws IOException {
        Files.createDirectory(out());
        writeOne(out(), false, 1);
        assertEquals(1, firstByte(out()));
    }

    @Test
    void refusesAFolderThatIsNotEmpty() throws IOException {
        writeOne(out(), false, 1);
        refuses(false, "is there already and not empty, and overwriting it was not asked for");
        assertEquals(1, firstByte(out()));
        assertEquals(List.of("out"), list(folder));
    }

    @Test
    void refusesAFileOrALinkThatLeadsNowhere() throws IOException {
        Files.createFile(out());
        refuses(true, "is there already and is not a folder");
        Files.delete(out());
        Files.createSymbolicLink(out(), folder.resolve("nothing"));
        refuses(true, "is a link to something that is not there");
    }

    @Test
    void replacesACheckpointWhenAskedTo() throws IOException {
        writeOne(out(), false, 1);
        Files.createDirectories(out().resolve("sub/folder"));
        Files.createFile(out().resolve("sub/old"));
        try (CheckpointWriter writer = CheckpointWriter.create(out(), ONE_SHARD, true)) {
            writer.write(0, 0, bytes(2, 2, 2, 2));
            assertEquals(1, firstByte(out()));
            writer.publish();
        }
        assertEquals(2, firstByte(out()));
        assertEquals(List.of("model.safetensors"), list(out()));
        assertEquals(List.of("out"), list(folder));
    }

    @Test
    void keepsTheOldCheckpointWhenTheNewOneIsNotFinished() throws IOException {
        writeOne(out(), false, 1);
        try (CheckpointWriter writer = CheckpointWriter.create(out(), ONE_SHARD, true)) {
            writer.write(0, 0, bytes(2));
        }
        assertEquals(1, firstByte(out()));
        assertEquals(List.of("out"), list(folder));
    }

    @Test
    void neverOverwritesAFolderThatHoldsNoCheckpoint() throws IOException {
        Files.createDirectory(out());
        Files.createFile(out().resolve("thesis.tex"));
        refuses(true, "is not overwritten because it holds no checkpoint");
        assertEquals(List.of("thesis.tex"), list(out()));
    }

    @Test
    void replacesTheFolderThatALinkLeadsTo() throws IOException {
        Path real = folder.resolve("disk/real");
        writeOne(real, false, 1);
        Files.createSymbolicLink(out(), real);
        writeOne(out(), true, 2);
        assertTrue(Files.isSymbolicLink(out()));
        assertEquals(2, firstByte(real));
        assertEquals(List.of("real"), list(folder.resolve("disk")));
    }

    @Test
    void replacesInTwoStepsWhereOneIsNotPossible() throws IOException {
        writeOne(out(), false, 1);
        writeOne(folder.resolve("new"), false, 2);
        Path old = new Destination(out(), true).takeInTwoSteps(folder.resolve("new"));
        assertEquals(2, firstByte(out()));
        assertEquals(1, firstByte(old));
        assertThrows(IOException.class, () -> new Destination(old, true).takeInTwoSteps(folder.resolve("missing")));
        assertEquals(1, firstByte(old));
    }

    @Test
    void neverReplacesWhatAppearedMeanwhileAndKeepsTheFinishedWork() throws IOException {
        try (CheckpointWriter writer = CheckpointWriter.create(out(), ONE_SHARD, false)) {
            writer.write(0, 0, bytes(1, 1, 1, 1));
            Files.createDirectory(out());
            Files.createFile(out().resolve("somebody's"));
            IOException e = assertThrows(IOException.class, writer::publish);
            assertTrue(
                    String.valueOf(e.getMessage())
                            .contains("the finished output is in "
                                    + folder.toRealPath().resolve("out.staging")),
                    e.getMessage());
        }
        assertEquals(List.of("somebody's"), list(out()));
        assertEquals(1, firstByte(folder.resolve("out.staging")));
    }

    @Test
    void takesTheNameOfAnEmptyFolderThatAppearedMeanwhile() throws IOException {
        try (CheckpointWriter writer = CheckpointWriter.create(out(), ONE_SHARD, false)) {
            writer.write(0, 0, bytes(1, 1, 1, 1));
            Files.createDirectory(out());
            writer.publish();
        }
        assertEquals(1, firstByte(out()));
    }

    @Test
    void saysBeforeTheStartThatTheDiskIsTooSmall() throws IOException {
        ShardLayout exabyte = ShardLayout.of(List.of(new TensorInfo("x", DType.U8, Shape.of(1L << 60))), 1L << 61);
        NotEnoughSpaceException e =
                assertThrows(NotEnoughSpaceException.class, () -> CheckpointWriter.create(out(), exabyte, false));
        assertTrue(e.neededBytes() > 1L << 60);
        assertTrue(e.availableBytes() < e.neededBytes());
        assertEquals(List.of(), list(folder));
    }

    @Test
    void callsAFullDiskByItsName() {
        IOException full = new IOException("No space left on device");
        IOException explained = DiskSpace.explained(full, folder.resolve("x"), 10);
        assertTrue(explained instanceof NotEnoughSpaceException, explained.toString());
        assertTrue(
                explained.getMessage().startsWith(folder.resolve("x") + ": not enough disk space: 10 bytes needed"),
                explained.getMessage());
        IOException other = DiskSpace.explained(new IOException("Input/output error"), folder, 10);
        assertEquals(folder + ": cannot be written: Input/output error", other.getMessage());
    }

    @Test
    void reservesTheDiskSpaceOfEveryShard() throws IOException {
        int length = 8 << 20;
        ShardLayout layout = ShardLayout.of(List.of(new TensorInfo("x", DType.U8, Shape.of(length))), length);
        try (CheckpointWriter writer = CheckpointWriter.create(out(), layout, false)) {
            Path shard = folder.resolve("out.staging/model.safetensors");
            assertEquals(layout.totalFileBytes(), Files.size(shard));
            assertThrows(IllegalStateException.class, writer::publish);
        }
    }

    @Test
    void turnsASecondWriterAwayAndNamesTheFirst() throws IOException {
        try (CheckpointWriter first = CheckpointWriter.create(out(), ONE_SHARD, false)) {
            for (int i = 0; i < 3; i++) {
                FileSystemException e =
                        assertThrows(FileSystemException.class, () -> CheckpointWriter.create(out(), ONE_SHARD, false));
                assertTrue(
                        String.valueOf(e.getMessage()).endsWith("being written already, by this process"),
                        e.getMessage());
            }
            first.write(0, 0, bytes(1, 2, 3, 4));
            first.publish();
        }
        assertEquals(1, firstByte(out()));
    }

    @Test
    void turnsAwayASecondWriterThatComesAnotherWay() throws IOException {
        Files.createSymbolicLink(folder.resolve("link"), folder);
        try (CheckpointWriter first = CheckpointWriter.create(out(), ONE_SHARD, false)) {
            Path sameOut = folder.resolve("link/../link/out");
            assertThrows(FileSystemException.class, () -> CheckpointWriter.create(sameOut, ONE_SHARD, false));
            first.write(0, 0, bytes(1));
        }
    }

    @Test
    void refusesAStagingFolderThatNoMergeLeft() throws IOException {
        Files.createDirectory(folder.resolve("out.staging"));
        Files.createFile(folder.resolve("out.staging/mine"));
        refuses(false, "is in the way, and no unfinished merge left it");
        assertEquals(List.of("mine"), list(folder.resolve("out.staging")));
        assertEquals(List.of("out.staging"), list(folder));
    }

    private void refuses(boolean overwrite, String expectedPart) {
        FileAlreadyExistsException e = assertThrows(
                FileAlreadyExistsException.class, () -> CheckpointWriter.create(out(), ONE_SHARD, overwrite));
        assertTrue(String.valueOf(e.getMessage()).contains(expectedPart), e.getMessage());
    }

    private Path out() {
        return folder.resolve("out");
    }

    private byte[] content(String name) throws IOException {
        return Files.readAllBytes(out().resolve(name));
    }

    private static void writeOne(Path out, boolean overwrite, int value) throws IOException {
        try (CheckpointWriter writer = CheckpointWriter.create(out, ONE_SHARD, overwrite)) {
            writer.write(0, 0, bytes(value, value, value, value));
            writer.publish();
        }
    }

    private static int firstByte(Path checkpointFolder) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(checkpointFolder)) {
            return checkpoint.tensors().getFirst().bytes().asByteBuffer().get(0);
        }
    }

    private static MemorySegment bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return MemorySegment.ofArray(bytes);
    }

    private static List<String> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
