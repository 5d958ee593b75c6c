package org.weir.cli;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.weir.checkpoint.Manifest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whatever happens to an output after it was made is found. */
class VerifyCommandTest {
    @TempDir
    private static Path models;

    @TempDir
    private Path temp;

    private Path out = Path.of("");
    private Path config = Path.of("");

    @BeforeAll
    static void makeModels() {
        synth();
    }

    @BeforeEach
    void merge() throws IOException {
        out = temp.resolve("out");
        config = Files.writeString(temp.resolve("dare.yml"), """
                merge_method: dare_ties
                base_model: %1$s/base
                models: [{model: %1$s/expert-1}, {model: %1$s/expert-2}]
                parameters: {weight: 1, density: 0.5}
                """.formatted(models));
        Ran ran = Ran.weir("merge", config, out, "--out-shard-size", "1000", "--random-seed", 3);
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
    }

    @Test
    void whatWasWrittenIsAsItWasWritten() {
        Ran ran = Ran.weir("verify", out);
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
        assertTrue(ran.out().contains("all as they were written"), ran.out());
    }

    @Test
    void damageIsNamedByFileTensorAndPlace() throws IOException {
        JsonNode tensor = JsonMapper.shared()
                .readTree(out.resolve(Manifest.FILE_NAME))
                .get("tensors")
                .get(0);
        Path shard = out.resolve(tensor.get("file").asString());
        long begin = tensor.get("offset").asLong();
        long end = begin + tensor.get("bytes").asLong();
        byte[] bytes = Files.readAllBytes(shard);
        bytes[(int) begin + 1] ^= 4;
        Files.write(shard, bytes);
        Ran ran = Ran.weir("verify", out);
        assertEquals(ExitCode.INPUT, ran.code());
        String expected = "weir: %s: %s: tensor '%s', bytes %d to %d: found the checksum "
                .formatted(out, shard.getFileName(), tensor.get("name").asString(), begin, end);
        assertEquals(1, ran.errLines().size(), ran.err());
        assertTrue(ran.err().startsWith(expected), ran.err());
    }

    @Test
    void filesThatAreMissingCutOrStrangeAreNamed() throws IOException {
        Path shard = shards().getFirst();
        byte[] bytes = Files.readAllBytes(shard);
        Files.write(shard, Arrays.copyOf(bytes, bytes.length - 1));
        Files.delete(out.resolve("config.json"));
        Files.createFile(out.resolve("model.safetensors"));
        Ran ran = Ran.weir("verify", out);
        assertEquals(ExitCode.INPUT, ran.code());
        assertTrue(ran.err().contains("config.json: the file, bytes 0 to "), ran.err());
        assertTrue(ran.err().contains(": it is not there"), ran.err());
        assertTrue(ran.err().contains(": it has " + (bytes.length - 1) + " bytes"), ran.err());
        assertTrue(ran.err().contains("model.safetensors: the file, bytes 0 to 0: the manifest does not know it"));
    }

    @Test
    void filesThatNobodyListedButAReaderMayLoadAreNamed() throws IOException {
        for (String name : List.of("pytorch_model.bin", "tokenizer.json", "modeling_x.py", "chat_template.jinja")) {
            Files.createSymbolicLink(out.resolve(name), Path.of("nowhere"));
        }
        Files.createFile(out.resolve(".gitattributes"));
        Files.createFile(out.resolve("notes.md"));
        Ran ran = Ran.weir("verify", out);
        assertEquals(ExitCode.INPUT, ran.code());
        assertEquals(4, ran.errLines().size(), ran.err());
        assertTrue(ran.errLines().stream().allMatch(line -> line.endsWith("the manifest does not know it")), ran.err());
    }

    /** A snapshot in the hub's cache is a folder of links. */
    @Test
    void linksToWhatWasWrittenAreGoodAndOthersAreNot() throws IOException {
        Path snapshot = Files.createDirectories(temp.resolve("models--a--b/snapshots/1"));
        Path blobs = Files.createDirectories(temp.resolve("models--a--b/blobs"));
        try (Stream<Path> files = Files.list(out)) {
            for (Path file : files.toList()) {
                Files.move(file, blobs.resolve(file.getFileName()));
                Files.createSymbolicLink(
                        snapshot.resolve(file.getFileName()), Path.of("../../blobs/" + file.getFileName()));
            }
        }
        Ran ran = Ran.weir("verify", snapshot);
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
        Files.delete(snapshot.resolve("config.json"));
        Files.createSymbolicLink(snapshot.resolve("config.json"), Path.of("../../blobs/README.md"));
        ran = Ran.weir("verify", snapshot);
        assertEquals(ExitCode.INPUT, ran.code());
        assertTrue(ran.err().contains("config.json: the file, bytes 0 to "), ran.err());
    }

    @Test
    void theManifestOfAnotherMergeDoesNotFit() throws IOException {
        Path other = temp.resolve("other");
        Ran ran = Ran.weir("merge", config, other, "--out-shard-size", "1000", "--random-seed", 4);
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
        Files.copy(other.resolve(Manifest.FILE_NAME), out.resolve(Manifest.FILE_NAME), REPLACE_EXISTING);
        ran = Ran.weir("verify", out);
        assertEquals(ExitCode.INPUT, ran.code());
        assertTrue(ran.err().contains(": tensor '"), ran.err());
    }

    @Test
    void aManifestThatLeadsElsewhereIsNotFollowed() throws IOException {
        for (String name : List.of("../dare.yml", "/etc/hostname", "..", "")) {
            rewriteManifest(text -> text.replaceFirst("\"file\":\"config.json\"", "\"file\":\"" + name + "\""));
            Ran ran = Ran.weir("verify", out);
            assertEquals(ExitCode.INPUT, ran.code());
            assertTrue(ran.err().contains(": this is no name of a file in the folder"), ran.err());
            rewriteManifest(text -> text.replaceFirst("\"file\":\"" + name + "\"", "\"file\":\"config.json\""));
        }
    }

    /** Whoever can write can also write the checksum at the end: then it is a file like others, to be met with a message. */
    @Test
    void aManifestThatSaysAnythingAtAllIsMetWithAMessage() throws IOException {
        String whole = Files.readString(out.resolve(Manifest.FILE_NAME));
        Pattern value = Pattern.compile("(?<=\": ?)(\"[^\"]*\"|-?[0-9.]+|\\[[^\\[\\]]*\\])");
        List<MatchResult> values = value.matcher(whole).results().toList();
        assertTrue(values.size() > 50, values.size() + " values");
        Random random = new Random(5);
        for (MatchResult each : values) {
            List<String> others =
                    List.of("-1", "9223372036854775807", "\"x\"", "null", "[]", "{}", "[7]", "1e99", "true");
            String other = others.get(random.nextInt(others.size()));
            rewriteManifest(_ -> whole.substring(0, each.start()) + other + whole.substring(each.end()));
            for (List<Object> args : List.of(List.<Object>of(), List.<Object>of("--against-inputs", 1))) {
                Ran ran = Ran.weir(
                        Stream.concat(Stream.of("verify", out), args.stream()).toArray());
                assertTrue(
                        List.of(ExitCode.DONE, ExitCode.USAGE, ExitCode.INPUT).contains(ran.code()),
                        each.group() + " at " + each.start() + " became " + other + ": " + ran.code() + ran.err());
            }
        }
    }

    /** As one of an earlier version, which did not say what the config came to. */
    @Test
    void aManifestWithoutSettingsIsGoodAsWell() throws IOException {
        String whole = Files.readString(out.resolve(Manifest.FILE_NAME));
        rewriteManifest(text ->
                text.replaceFirst("(?s)\"settings\": \\[.*?\n\\],\n", "").replaceAll("\"settings\":[0-9]+,", ""));
        String without = Files.readString(out.resolve(Manifest.FILE_NAME));
        assertTrue(whole.contains("\"settings\"") && !without.contains("\"settings\""), without);
        assertEquals(whole.lines().count() - 3, without.lines().count());
        Ran ran = Ran.weir("verify", out, "--against-inputs", 1);
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
    }

    private void rewriteManifest(UnaryOperator<String> change) throws IOException {
        Path manifest = out.resolve(Manifest.FILE_NAME);
        String text = change.apply(Files.readString(manifest));
        String body = text.substring(0, text.lastIndexOf(",\n\"crc32c\""));
        CRC32C crc = new CRC32C();
        crc.update(body.getBytes(StandardCharsets.UTF_8));
        Files.writeString(manifest, body + ",\n\"crc32c\": \"%08x\"\n}\n".formatted(crc.getValue()));
    }

    @Test
    void aFolderThatWeirDidNotMakeCannotBeVerified() {
        Ran ran = Ran.weir("verify", models.resolve("base"));
        assertEquals(ExitCode.INPUT, ran.code());
        assertTrue(ran.err().contains("merge-manifest.json: no such file; only what weir merge has made"), ran.err());
    }

    @Test
    void madeAgainFromTheInputsItIsTheSame() {
        for (double share : new double[] {1, 0.2, 0.000001}) {
            Ran ran = Ran.weir("verify", out, "--against-inputs", share, "-j", 2);
            assertEquals(ExitCode.DONE, ran.code(), ran.err());
            assertTrue(ran.out().contains("made again from the inputs"), ran.out());
        }
        assertEquals(
                ExitCode.USAGE, Ran.weir("verify", out, "--against-inputs", 0).code());
        assertEquals(
                ExitCode.USAGE,
                Ran.weir("verify", out, "--against-inputs", "1.5").code());
    }

    /** As if the merge itself had been wrong: checksums and all fit, and only the inputs know better. */
    @Test
    void aResultThatTheInputsDoNotGiveIsNamed() throws IOException {
        Ran other = Ran.weir("merge", config, temp.resolve("other"), "--out-shard-size", "1000", "--random-seed", 4);
        assertEquals(ExitCode.DONE, other.code(), other.err());
        Path manifest = temp.resolve("other").resolve(Manifest.FILE_NAME);
        String text = Files.readString(manifest).replace("\"seed\":4", "\"seed\":3");
        String body = text.substring(0, text.lastIndexOf(",\n\"crc32c\""));
        CRC32C crc = new CRC32C();
        crc.update(body.getBytes(StandardCharsets.UTF_8));
        Files.writeString(manifest, body + ",\n\"crc32c\": \"%08x\"\n}\n".formatted(crc.getValue()));
        assertEquals(ExitCode.DONE, Ran.weir("verify", temp.resolve("other")).code());
        Ran ran = Ran.weir("verify", temp.resolve("other"), "--against-inputs", 1);
        assertEquals(ExitCode.INPUT, ran.code());
        assertTrue(ran.err().contains("made again from the inputs, it is different from byte "), ran.err());
    }

    @Test
    void inputsThatAreOthersNowAreNamed() throws IOException {
        Path expert = models.resolve("expert-1/model.safetensors");
        byte[] bytes = Files.readAllBytes(expert);
        try {
            Ran synth = Ran.weir(
                    "synth",
                    models,
                    "--overwrite",
                    "--hidden",
                    16,
                    "--layers",
                    1,
                    "--vocab",
                    32,
                    "--heads",
                    2,
                    "--kv-heads",
                    1,
                    "--intermediate",
                    8);
            assertEquals(0, synth.code(), synth.err());
            Ran ran = Ran.weir("verify", out, "--against-inputs", 1);
            assertEquals(ExitCode.INPUT, ran.code());
            assertTrue(
                    ran.err().contains("cannot be made again from the inputs: " + models + "/base is not"), ran.err());
        } finally {
            synth("--overwrite");
        }
        assertNotEquals(0, bytes.length);
    }

    private static void synth(Object... options) {
        Stream<Object> command = Stream.concat(
                Stream.of("synth", models, "--hidden", 8, "--layers", 1, "--vocab", 32),
                Stream.concat(Stream.of("--heads", 2, "--kv-heads", 1, "--intermediate", 8), Stream.of(options)));
        assertEquals(ExitCode.DONE, Ran.weir(command.toArray()).code());
    }

    @Test
    void everyTensorOfEveryInputIsAccountedFor() throws IOException {
        JsonNode manifest = JsonMapper.shared().readTree(out.resolve(Manifest.FILE_NAME));
        int tensors = manifest.get("tensors").size();
        assertEquals(3, manifest.get("inputs").size());
        for (JsonNode input : manifest.get("inputs")) {
            assertEquals(
                    tensors, input.get("tensors").get("merged by dare_ties").asInt());
            assertEquals(1, input.get("files").size());
        }
        assertEquals(0, manifest.get("leftOut").size());
        assertEquals(3, manifest.get("seed").asLong());
        assertEquals(Files.readString(config), manifest.get("config").asString());
        assertEquals("1", manifest.get("defaults").get("lambda").asString());
        assertEquals("true", manifest.get("defaults").get("rescale").asString());
    }

    private List<Path> shards() throws IOException {
        try (Stream<Path> files = Files.list(out)) {
            return files.filter(file -> file.toString().endsWith(".safetensors"))
                    .sorted()
                    .toList();
        }
    }
}
