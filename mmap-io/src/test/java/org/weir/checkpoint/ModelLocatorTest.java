package org.weir.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From what a config says to a path on this machine. */
class ModelLocatorTest {
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    @TempDir
    Path folder;

    private final Map<String, String> environment = new HashMap<>();
    private Path work;

    @BeforeEach
    void makeAWorkingDirectory() throws IOException {
        work = Files.createDirectory(folder.resolve("here"));
        environment.put("HOME", folder.resolve("home").toString());
    }

    @Test
    void takesAnAbsolutePath() throws IOException {
        Path model = Files.createDirectory(folder.resolve("m"));
        assertEquals(model, find(model.toString()));
    }

    @Test
    void takesAPathFromTheWorkingDirectory() throws IOException {
        Path model = Files.createDirectories(work.resolve("org/model"));
        assertEquals(model, find("org/model"));
        assertEquals(work.resolve("../here/org"), find("../here/org"));
    }

    @Test
    void prefersTheWorkingDirectoryToACache() throws IOException {
        cached(folder.resolve("home/.cache/huggingface/hub"), "models--org--model");
        Path model = Files.createDirectories(work.resolve("org/model"));
        assertEquals(model, find("org/model"));
    }

    @Test
    void findsAModelInTheDefaultCache() throws IOException {
        assertEquals(cached(folder.resolve("home/.cache/huggingface/hub"), "models--org--model"), find("org/model"));
    }

    @Test
    void findsAModelWithoutOwner() throws IOException {
        assertEquals(cached(folder.resolve("home/.cache/huggingface/hub"), "models--gpt2"), find("gpt2"));
    }

    @Test
    void looksAtTheVariablesInTheOrderOfHuggingfaceHub() throws IOException {
        Path last = cached(folder.resolve("home/.cache/huggingface/hub"), "models--o--m");
        assertEquals(last, find("o/m"));
        Path xdg = cached(folder.resolve("xdg/huggingface/hub"), "models--o--m");
        environment.put("XDG_CACHE_HOME", folder.resolve("xdg").toString());
        assertEquals(xdg, find("o/m"));
        Path home = cached(folder.resolve("hf/hub"), "models--o--m");
        environment.put("HF_HOME", folder.resolve("hf").toString());
        assertEquals(home, find("o/m"));
        Path hub = cached(folder.resolve("home/hub"), "models--o--m");
        environment.put("HF_HUB_CACHE", "~/hub");
        assertEquals(hub, find("o/m"));
    }

    @Test
    void takesABranchATagOrACommit() throws IOException {
        Path cache = folder.resolve("home/.cache/huggingface/hub");
        Path snapshot = cached(cache, "models--o--m");
        RawFile.write(cache.resolve("models--o--m/refs/refs/pr/1"), COMMIT.getBytes());
        assertEquals(snapshot, find("o/m@main"));
        assertEquals(snapshot, find("o/m@refs/pr/1"));
        assertEquals(snapshot, find("o/m@" + COMMIT));
    }

    @Test
    void opensASnapshotOfLinks() throws IOException {
        Path cache = folder.resolve("home/.cache/huggingface/hub");
        Path snapshot = cached(cache, "models--o--m");
        RawFile.write(cache.resolve("models--o--m/blobs/ab"), RawFile.oneTensor("x", (byte) 1));
        Files.createSymbolicLink(snapshot.resolve("model.safetensors"), Path.of("../../blobs/ab"));
        try (Checkpoint checkpoint = Checkpoint.open(find("o/m"))) {
            assertTrue(checkpoint.tensor("x").isPresent());
        }
    }

    @Test
    void saysWhereItLookedAndWhatToDo() {
        NoSuchFileException e = assertThrows(NoSuchFileException.class, () -> find("o/m@v1"));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith("o/m@v1: no such model; looked at " + work.resolve("o/m@v1")), message);
        assertTrue(
                message.contains(folder.resolve("home/.cache/huggingface/hub/models--o--m")
                        .toString()),
                message);
        assertTrue(message.contains("hf download o/m --revision v1"), message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../nope",
                "./nope",
                "nope/",
                "models/",
                "/abs/nope",
                ".hidden",
                "~/x",
                "a/../b",
                "-x",
                "a/.b",
                "o/m/x"
            })
    void suggestsADownloadOnlyForWhatCanBeARepository(String reference) {
        NoSuchFileException e = assertThrows(NoSuchFileException.class, () -> find(reference));
        assertFalse(String.valueOf(e.getMessage()).contains("hf download"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "org/model-1.5_b"})
    void suggestsADownloadForARepository(String reference) {
        NoSuchFileException e = assertThrows(NoSuchFileException.class, () -> find(reference));
        assertTrue(String.valueOf(e.getMessage()).contains("(hf download " + reference + ")"), e.getMessage());
    }

    @Test
    void saysThatATildeIsNotExpanded() {
        NoSuchFileException e = assertThrows(NoSuchFileException.class, () -> find("~/x"));
        assertTrue(String.valueOf(e.getMessage()).contains("~ is not expanded"), e.getMessage());
    }

    @Test
    void saysThatARevisionIsMissing() throws IOException {
        Path cache = folder.resolve("home/.cache/huggingface/hub");
        cached(cache, "models--o--m");
        NoSuchFileException e = assertThrows(NoSuchFileException.class, () -> find("o/m@v2"));
        assertTrue(String.valueOf(e.getMessage())
                .contains(cache.resolve("models--o--m/refs/v2").toString()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "o/m@../../../secret",
                "../o@main",
                "o/m@",
                "@main",
                "o/m/x",
                "a\0b",
                "o/m@a\0b",
                "o m",
                "\u001b[31m"
            })
    void neverLooksOutsideACache(String reference) throws IOException {
        cached(folder.resolve("home/.cache/huggingface/hub"), "models--o--m");
        RawFile.write(folder.resolve("home/.cache/huggingface/secret"), COMMIT.getBytes());
        NoSuchFileException e = assertThrows(NoSuchFileException.class, () -> find(reference));
        assertTrue(String.valueOf(e.getMessage()).chars().noneMatch(Character::isISOControl), e.getMessage());
    }

    @Test
    void doesNotFollowARefThatIsNoCommit() throws IOException {
        Path cache = folder.resolve("home/.cache/huggingface/hub");
        cached(cache, "models--o--m");
        RawFile.write(cache.resolve("models--o--m/refs/main"), "../../../..".getBytes());
        assertThrows(NoSuchFileException.class, () -> find("o/m"));
    }

    private Path find(String reference) throws NoSuchFileException {
        return ModelLocator.find(reference, work, environment);
    }

    /** A model as huggingface_hub stores it; gives the snapshot of its main branch. */
    private static Path cached(Path cache, String name) throws IOException {
        RawFile.write(cache.resolve(name).resolve("refs/main"), (COMMIT + "\n").getBytes());
        return Files.createDirectories(cache.resolve(name).resolve("snapshots").resolve(COMMIT));
    }
}
