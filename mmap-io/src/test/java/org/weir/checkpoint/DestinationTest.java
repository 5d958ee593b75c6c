package org.weir.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.weir.checkpoint.SmallOutput.ONE_SHARD;
import static org.weir.checkpoint.SmallOutput.bytes;
import static org.weir.checkpoint.SmallOutput.firstByte;
import static org.weir.checkpoint.SmallOutput.list;
import static org.weir.checkpoint.SmallOutput.writeOne;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an output may take the place of, and what it never does. */
class DestinationTest {
    @TempDir
    Path folder;

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
        refuses(false, "is there already and not empty; choose another name");
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
    void refusesTheRootOfAllFolders() {
        assertThrows(FileAlreadyExistsException.class, () -> CheckpointWriter.create(Path.of("/"), ONE_SHARD, true));
        assertFalse(Files.exists(Path.of("null.staging.lock")));
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
    void replacesInOneStepSoThatThereIsAlwaysACheckpoint() throws IOException {
        writeOne(out(), false, 1);
        Path fresh = folder.resolve("new");
        writeOne(fresh, false, 2);
        assertEquals(fresh, new Destination(out(), true).take(fresh));
        assertEquals(2, firstByte(out()));
        assertEquals(1, firstByte(fresh));
    }

    /** In the words that the JDK has from the C library, too. */
    @Test
    void whatTheKernelSaysIsSaidInWords() throws IOException {
        writeOne(out(), false, 1);
        Path missing = folder.resolve("missing");
        IOException problem = assertThrows(IOException.class, () -> Folders.exchange(out(), missing));
        String words = assertThrows(IOException.class, () -> new FileInputStream(missing.toFile()))
                .getMessage();
        assertEquals(
                out() + ": cannot be exchanged with " + missing + ": " + words.replaceFirst(".*\\((.*)\\)$", "$1"),
                problem.getMessage());
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
}
