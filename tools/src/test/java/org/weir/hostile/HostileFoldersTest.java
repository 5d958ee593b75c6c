package org.weir.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.weir.checkpoint.Checkpoint;

/** Every folder of the corpus is opened or refused within seconds, and nothing outside of it is read. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileFoldersTest {
    @TempDir
    private Path temp;

    static List<HostileFolder> folders() {
        return HostileFolders.all();
    }

    @Test
    void areMoreThanForty() {
        assertTrue(folders().size() >= 100, () -> folders().size() + " folders");
        assertEquals(
                folders().size(),
                new HashSet<>(folders().stream().map(HostileFolder::name).toList()).size());
    }

    @ParameterizedTest
    @MethodSource("folders")
    void areTakenOrRefusedAsTheFormatSays(HostileFolder hostile) throws Exception {
        Path folder = made(hostile);
        if (hostile.tensors() == HostileFolder.REFUSED) {
            IOException refusal = assertThrows(IOException.class, () -> Checkpoint.open(folder));
            Said.assertRefusal(String.valueOf(refusal.getMessage()), hostile.words());
            assertTrue(refusal.getMessage().startsWith(folder.toString()), refusal.getMessage());
        } else {
            try (Checkpoint checkpoint = Checkpoint.open(folder)) {
                assertEquals(hostile.tensors(), checkpoint.tensors().size());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("folders")
    void areShownOrRefusedInOneLineByTheCommands(HostileFolder hostile) throws Exception {
        Path folder = made(hostile);
        Path config = Files.writeString(
                temp.resolve("linear.yml"),
                "merge_method: linear\nmodels: [{model: %s}]\nparameters: {weight: 1}\n".formatted(folder));
        if (hostile.tensors() == HostileFolder.REFUSED) {
            Said.by("inspect", folder).assertRefused(Said.INPUT, hostile.words());
            Said.by("plan", config).assertRefused(Said.INPUT, hostile.words());
        } else {
            assertEquals(Said.DONE, Said.by("inspect", folder).code());
            assertEquals(Said.DONE, Said.by("plan", config, temp.resolve("out")).code());
            Said merged = Said.by("merge", config, temp.resolve("out"));
            assertTrue(merged.code() == Said.DONE || merged.code() == Said.INPUT, merged.err());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{",
                "{}{}",
                "{'a':1}",
                "\u0000",
                "{\"num_hidden_layers\":\"2\"}",
                "{\"num_hidden_layers\":-1}",
                "{\"quantization_config\":{\"quant_method\":\"gptq\"}}",
                "{\"text_config\":{\"quantization_config\":{}}}"
            })
    void modelsWhoseConfigIsBrokenOrQuantizedAreRefusedBeforeTheStart(String text) throws IOException {
        Path good = Files.createDirectory(temp.resolve("good"));
        Path bad = Files.createDirectory(temp.resolve("bad"));
        for (Path folder : List.of(good, bad)) {
            Files.write(folder.resolve(HostileFolder.SINGLE), HostileFolder.Place.tensors("a"));
        }
        Files.writeString(good.resolve("config.json"), "{\"quantization_config\":null,\"x\":NaN}");
        Path json = Files.writeString(bad.resolve("config.json"), text);
        Path config = Files.writeString(
                temp.resolve("linear.yml"),
                "merge_method: linear\nmodels: [{model: %s}, {model: %s}]\nparameters: {weight: 1}\n"
                        .formatted(good, bad));
        Said.by("plan", config).assertRefused(Said.INPUT, List.of(json.toString()));
        Files.delete(json);
        assertEquals(Said.DONE, Said.by("plan", config).code());
    }

    /** What a stranger's model links to would be given away with the result. */
    @Test
    void filesThatAreLinksOutOfTheModelAreNotCopied() throws IOException {
        Path model = Files.createDirectory(temp.resolve("model"));
        Files.write(model.resolve(HostileFolder.SINGLE), HostileFolder.Place.tensors("a"));
        Path secret = Files.writeString(temp.resolve("id_rsa"), "{\"secret\": 1}");
        Path config = Files.writeString(
                temp.resolve("linear.yml"),
                "merge_method: linear\nmodels: [{model: %s}]\nparameters: {weight: 1}\n".formatted(model));
        for (String name : List.of("config.json", "tokenizer.json", "special_tokens_map.json", "LICENSE")) {
            Path link = Files.createSymbolicLink(model.resolve(name), Path.of("../id_rsa"));
            Said.by("merge", config, temp.resolve("out"))
                    .assertRefused(Said.INPUT, List.of(link.toString(), "found a link out of the", secret.toString()));
            Files.delete(link);
            Files.createSymbolicLink(link, temp.resolve("model/../model/../id_rsa"));
            Said.by("merge", config, temp.resolve("out")).assertRefused(Said.INPUT, List.of(link.toString()));
            Files.delete(link);
        }
        Files.createSymbolicLink(temp.resolve("by-link"), model);
        Files.createDirectory(model.resolve("inner"));
        Files.writeString(model.resolve("inner/LICENSE"), "mine");
        Files.createSymbolicLink(model.resolve("LICENSE"), Path.of("inner/LICENSE"));
        Files.createSymbolicLink(model.resolve("gone.txt"), Path.of("../gone"));
        Path through = Files.writeString(config, Files.readString(config).replace("/model}", "/by-link}"));
        assertEquals(Said.DONE, Said.by("merge", through, temp.resolve("out")).code());
        assertEquals("mine", Files.readString(temp.resolve("out/LICENSE")));
        assertFalse(Files.exists(temp.resolve("out/gone.txt"), LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void allFilesOfASnapshotInAHubsCacheAreLinksAndAreCopied() throws IOException {
        Path snapshot = Files.createDirectories(temp.resolve("models--a--b/snapshots/1"));
        Path blobs = Files.createDirectories(temp.resolve("models--a--b/blobs"));
        Files.write(blobs.resolve("0"), HostileFolder.Place.tensors("a"));
        Files.writeString(blobs.resolve("1"), "{\"x\": 1}");
        Files.createSymbolicLink(snapshot.resolve(HostileFolder.SINGLE), Path.of("../../blobs/0"));
        Files.createSymbolicLink(snapshot.resolve("config.json"), Path.of("../../blobs/1"));
        Files.createSymbolicLink(snapshot.resolve("tokenizer.json"), Path.of("../../blobs/1"));
        Path config = Files.writeString(
                temp.resolve("linear.yml"),
                "merge_method: linear\nmodels: [{model: %s}]\nparameters: {weight: 1}\n".formatted(snapshot));
        Said said = Said.by("merge", config, temp.resolve("out"));
        assertEquals(Said.DONE, said.code(), said.err());
        assertEquals("{\"x\": 1}", Files.readString(temp.resolve("out/tokenizer.json")));
        assertFalse(Files.isSymbolicLink(temp.resolve("out/tokenizer.json")));
    }

    private Path made(HostileFolder hostile) throws Exception {
        Path folder = Files.createDirectories(temp.resolve("model"));
        hostile.maker().make(new HostileFolder.Place(folder));
        return folder;
    }
}
