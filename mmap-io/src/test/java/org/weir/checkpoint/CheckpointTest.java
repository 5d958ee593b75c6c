package org.weir.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What makes a checkpoint, and what folders that are none say. */
class CheckpointTest {
    @TempDir
    Path folder;

    @Test
    void opensALoneFile() throws IOException {
        Path file = RawFile.write(folder.resolve("any.safetensors"), RawFile.oneTensor("x", (byte) 7));
        put("config.json", "{}");
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            assertFalse(checkpoint.isFolder());
            assertEquals(file, checkpoint.path());
            assertEquals(List.of("x"), names(checkpoint));
            assertEquals(List.of(file), checkpoint.shards());
            assertEquals(Files.size(file) - 1, checkpoint.headerBytes());
            assertEquals(Optional.empty(), checkpoint.file("config.json"));
            assertEquals(List.of(), checkpoint.companions());
        }
    }

    @Test
    void opensAFolderWithOneFile() throws IOException {
        shard("model.safetensors", "x");
        put("config.json", "{}");
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertTrue(checkpoint.isFolder());
            assertEquals(List.of("x"), names(checkpoint));
            assertEquals(Optional.of(folder.resolve("config.json")), checkpoint.file("config.json"));
            assertEquals(Optional.empty(), checkpoint.file("tokenizer.json"));
        }
    }

    @Test
    void findsTensorsByNameInWhateverOrderTheyAreAskedFor() throws IOException {
        RawFile.write(
                folder.resolve("model.safetensors"),
                RawFile.bytes(
                        "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},"
                                + "\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                                + "\"c\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}",
                        2));
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            for (String name : List.of("a", "b", "c", "a", "c", "b", "b", "a")) {
                assertEquals(name, checkpoint.tensor(name).orElseThrow().info().name());
            }
            assertEquals(Optional.empty(), checkpoint.tensor("d"));
            assertEquals(
                    List.of(0, 1, 2),
                    checkpoint.tensors().stream().map(MappedTensor::number).toList());
        }
    }

    @Test
    void prefersTheIndexToASingleFile() throws IOException {
        shard("model.safetensors", "old");
        shard("a.safetensors", "x");
        index("{\"x\":\"a.safetensors\"}");
        assertEquals(List.of("x"), namesIn(folder));
    }

    @Test
    void givesTensorsByShardsOfTheIndexAndInsideThemByPlace() throws IOException {
        RawFile.write(
                folder.resolve("2.safetensors"),
                RawFile.bytes(
                        "{\"d\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]},"
                                + "\"c\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}",
                        2));
        shard("1.safetensors", "a");
        index("{\"d\":\"2.safetensors\",\"a\":\"1.safetensors\",\"c\":\"2.safetensors\"}");
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertEquals(List.of("c", "d", "a"), names(checkpoint));
            assertEquals(
                    List.of(folder.resolve("2.safetensors"), folder.resolve("1.safetensors")), checkpoint.shards());
            assertEquals(
                    folder.resolve("1.safetensors"),
                    checkpoint.tensor("a").orElseThrow().file());
            assertEquals(Optional.empty(), checkpoint.tensor("b"));
        }
    }

    @Test
    void ignoresWhateverElseAnIndexHolds() throws IOException {
        shard("a.safetensors", "x");
        put(
                WeightIndex.FILE_NAME,
                "{\"metadata\":{\"total_size\":1e3,\"x\":[null]},\"weight_map\":{\"x\":\"a.safetensors\"}}\n");
        assertEquals(List.of("x"), namesIn(folder));
    }

    @Test
    void readsFilesAndFoldersWithoutWritePermission() throws IOException {
        Path file = shard("model.safetensors", "x");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
        try {
            assertEquals(List.of("x"), namesIn(folder));
        } finally {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/etc/a.safetensors",
                "../a.safetensors",
                "sub/a.safetensors",
                "sub\\\\a.safetensors",
                "",
                ".",
                "..",
                "a\\u0000.safetensors",
                "a.bin",
                "./a.safetensors",
                "a.safetensors/"
            })
    void refusesAnIndexThatLeadsAnywhereButToAFileBesideIt(String name) throws IOException {
        shard("a.safetensors", "x");
        index("{\"x\":\"" + name + "\"}");
        refuses(folder, "expected a .safetensors file in the folder of the index");
    }

    @Test
    void refusesAListedTensorThatItsShardDoesNotHold() throws IOException {
        shard("a.safetensors", "x");
        index("{\"x\":\"a.safetensors\",\"y\":\"a.safetensors\"}");
        MalformedCheckpointException e = refuses(folder, "found no such tensor in 'a.safetensors'");
        assertEquals(Optional.of("y"), e.tensor());
    }

    @Test
    void refusesAShardWithATensorThatIsNotListed() throws IOException {
        shard("a.safetensors", "x");
        shard("b.safetensors", "y");
        index("{\"x\":\"a.safetensors\",\"z\":\"b.safetensors\"}");
        MalformedCheckpointException e = refuses(folder, "expected only tensors that the index lists");
        assertEquals(Optional.of("y"), e.tensor());
        assertEquals(folder.resolve("b.safetensors"), e.path());
    }

    @Test
    void refusesATensorInTwoShards() throws IOException {
        shard("a.safetensors", "x");
        RawFile.write(
                folder.resolve("b.safetensors"),
                RawFile.bytes(
                        "{\"x\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                                + "\"y\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}",
                        2));
        index("{\"x\":\"a.safetensors\",\"y\":\"b.safetensors\"}");
        MalformedCheckpointException e = refuses(folder, "found it here, expected it in 'a.safetensors'");
        assertEquals(folder.resolve("b.safetensors"), e.path());
    }

    @Test
    void refusesAMissingShard() throws IOException {
        index("{\"x\":\"a.safetensors\"}");
        MalformedCheckpointException e = refuses(folder, "found no such file");
        assertEquals(folder.resolve("a.safetensors"), e.path());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"weight_map\":[]}",
                "{\"weight_map\":{}}",
                "{\"weight_map\":null}",
                "{\"weight_map\":{\"x\":1}}",
                "{\"weight_map\":{\"x\":\"a.safetensors\",\"x\":\"a.safetensors\"}}",
                "{\"weight_map\":{\"x\":\"a.safetensors\"}}x",
                "{\"weight_map\":{\"x\":\"a.safetensors\"},\"weight_map\":{}}"
            })
    void refusesAnIndexThatIsNoIndex(String content) throws IOException {
        shard("a.safetensors", "x");
        put(WeightIndex.FILE_NAME, content);
        assertEquals(
                folder.resolve(WeightIndex.FILE_NAME),
                refuses(folder, "expected").path());
    }

    @Test
    void saysWhereAnIndexIsNotUtf8() throws IOException {
        Files.write(folder.resolve(WeightIndex.FILE_NAME), new byte[] {'{', '"', (byte) 0xc0, (byte) 0x80});
        assertEquals(OptionalLong.of(2), refuses(folder, "not UTF-8").offset());
    }

    @Test
    void saysThatThereIsNothing() {
        Path missing = folder.resolve("missing\u001b[31m");
        NoSuchFileException e = assertThrows(NoSuchFileException.class, () -> Checkpoint.open(missing));
        assertTrue(
                String.valueOf(e.getMessage()).endsWith("missing\\u001b[31m: no such file or folder"), e.getMessage());
    }

    @Test
    void saysThatPickledWeightsMustBeConverted() throws IOException {
        put("pytorch_model.bin", "");
        refuses(folder, "found pytorch_model.bin, expected safetensors; convert");
    }

    @Test
    void saysThatAnAdapterMustBeMergedFirst() throws IOException {
        put("adapter_config.json", "{}");
        shard("adapter_model.safetensors", "x");
        refuses(folder, "found an adapter");
    }

    @Test
    void saysWhichOtherFileCouldBeMeant() throws IOException {
        shard("model.fp16.safetensors", "x");
        refuses(folder, "found 'model.fp16.safetensors', expected model.safetensors");
        Files.delete(folder.resolve("model.fp16.safetensors"));
        refuses(folder, "found no weights, expected model.safetensors");
    }

    @Test
    void refusesAFileOfAnotherKind() throws IOException {
        put("model.gguf", "");
        refuses(folder.resolve("model.gguf"), "expected a folder or a .safetensors file");
    }

    @Test
    void neverWaitsAtANamedPipe() throws Exception {
        Path pipe = folder.resolve("model.safetensors");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
            refuses(folder, "found a pipe, socket or device, expected a regular file");
            refuses(pipe, "found a pipe");
        });
    }

    @Test
    void refusesFoldersAndDevicesAsShards() throws IOException {
        Files.createDirectory(folder.resolve("model.safetensors"));
        refuses(folder, "found a folder, expected a regular file");
        Files.delete(folder.resolve("model.safetensors"));
        Files.createSymbolicLink(folder.resolve("model.safetensors"), Path.of("/dev/zero"));
        refuses(folder, "found a pipe, socket or device");
        Files.delete(folder.resolve("model.safetensors"));
    }

    @Test
    void saysThatALinkLeadsNowhere() throws IOException {
        Files.createSymbolicLink(folder.resolve("model.safetensors"), Path.of("../../blobs/none"));
        refuses(folder, "found a link to a file that is not there");
    }

    @Test
    void followsLinksToBlobs() throws IOException {
        Path blob = RawFile.write(folder.resolve("blobs/abc"), RawFile.oneTensor("x", (byte) 1));
        Path snapshot = Files.createDirectories(folder.resolve("snapshots/main"));
        Files.createSymbolicLink(snapshot.resolve("model.safetensors"), Path.of("../../blobs/abc"));
        assertEquals(List.of("x"), namesIn(snapshot));
        assertTrue(Files.exists(blob));
    }

    @Test
    void takesAlongWhatMakesTheWeightsAModelAndNothingElse() throws IOException {
        shard("model.safetensors", "x");
        List<String> along = List.of(
                "chat_template.jinja",
                "config.json",
                "generation_config.json",
                "merges.txt",
                "modeling_custom.py",
                "special_tokens_map.json",
                "tokenizer.json",
                "tokenizer.model",
                "tokenizer_config.json",
                "vocab.json");
        List<String> notAlong = List.of(
                "README.md",
                ".gitattributes",
                ".DS_Store",
                "pytorch_model.bin",
                "pytorch_model.bin.index.json",
                "model.safetensors.index.fp16.json",
                "model.fp16.safetensors",
                "x.json.incomplete",
                "merge-manifest.json",
                "mergekit_config.yml",
                "tf_model.h5",
                "flax_model.msgpack",
                "consolidated.00.pth",
                "optimizer.pt",
                "model.gguf",
                "adapter_config.json",
                "rust_model.ot");
        for (String name : along) {
            put(name, "");
        }
        for (String name : notAlong) {
            put(name, "");
        }
        Files.createDirectory(folder.resolve("original"));
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertEquals(
                    along,
                    checkpoint.companions().stream()
                            .map(file -> file.getFileName().toString())
                            .toList());
        }
    }

    @Test
    void opensHundredsOfShardsWithFewDescriptors() throws IOException {
        StringBuilder map = new StringBuilder("{");
        for (int i = 0; i < 500; i++) {
            shard(i + ".safetensors", "t" + i);
            map.append(i == 0 ? "" : ",").append("\"t%d\":\"%d.safetensors\"".formatted(i, i));
        }
        index(map.append('}').toString());
        long before = openDescriptors();
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertEquals(500, checkpoint.tensors().size());
            assertTrue(openDescriptors() - before < 50);
        }
    }

    private static long openDescriptors() throws IOException {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    private Path shard(String fileName, String tensor) throws IOException {
        return RawFile.write(folder.resolve(fileName), RawFile.oneTensor(tensor, (byte) 1));
    }

    private void index(String weightMap) throws IOException {
        put("model.safetensors.index.json", "{\"metadata\":{},\"weight_map\":" + weightMap + "}");
    }

    private void put(String name, String content) throws IOException {
        Files.write(folder.resolve(name), content.getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> namesIn(Path path) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            return names(checkpoint);
        }
    }

    private static List<String> names(Checkpoint checkpoint) {
        return checkpoint.tensors().stream().map(tensor -> tensor.info().name()).toList();
    }

    private static MalformedCheckpointException refuses(Path path, String expectedPart) {
        MalformedCheckpointException e = assertThrows(MalformedCheckpointException.class, () -> Checkpoint.open(path));
        assertTrue(e.getMessage().contains(expectedPart), () -> "no \"" + expectedPart + "\" in: " + e.getMessage());
        return e;
    }
}
