package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class InspectCommandTest {
    @TempDir
    private Path temp;

    @BeforeEach
    void makeAModel() {
        assertEquals(0, Ran.weir("synth", temp, "--experts", 0).code());
    }

    @Test
    void listsTensorsWithDtypeShapeAndSizeAndTheTotals() {
        Ran ran = Ran.weir("inspect", temp.resolve("base"));
        assertEquals(ExitCode.DONE, ran.code());
        assertEquals("", ran.err());
        assertTrue(
                ran.outLines().contains("model.embed_tokens.weight                       BF16   [256, 64]  32.8 kB"),
                ran.out());
        assertTrue(ran.outLines().contains("BF16: 20 tensors, 90,432 elements, 181 kB"), ran.out());
        assertTrue(ran.out().endsWith("base: 20 tensors in 1 shard\n"), ran.out());
    }

    @Test
    void takesALoneFile() {
        Ran ran = Ran.weir("inspect", temp.resolve("base/model.safetensors"));
        assertEquals(ExitCode.DONE, ran.code());
        assertEquals(24, ran.outLines().size());
    }

    @Test
    void withJsonThereIsOneObject() {
        JsonNode json = JsonMapper.shared()
                .readTree(Ran.weir("inspect", temp.resolve("base"), "--log-format=json")
                        .out());
        assertEquals(20, json.get("tensors").size());
        assertEquals(180864, json.get("totals").get("BF16").get("bytes").asLong());
    }

    @Test
    void aFileThatWasCutShortIsOneLineAndExitCodeThree() throws IOException {
        Path file = temp.resolve("base/model.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
        Ran ran = Ran.weir("inspect", temp.resolve("base"));
        assertEquals(ExitCode.INPUT, ran.code());
        assertEquals(1, ran.errLines().size(), ran.err());
        assertTrue(ran.err().startsWith("weir: " + file + ": "), ran.err());
    }

    @Test
    void aNameThatWouldDriveTheTerminalIsShownAsCodes() throws IOException {
        String header = "{\"a\\u001b[2Jb\\n\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}";
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        Path file = temp.resolve("odd.safetensors");
        Files.write(
                file,
                ByteBuffer.allocate(Long.BYTES + text.length)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(text.length)
                        .put(text)
                        .array());
        Ran ran = Ran.weir("inspect", file);
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
        assertTrue(ran.out().contains("a\\u001b[2Jb\\u000a  U8     [0]     0 B"), ran.out());
    }

    @Test
    void aModelThatIsNowhereIsOneLineAndExitCodeThree() {
        Ran ran = Ran.weir("inspect", "nobody/nothing");
        assertEquals(ExitCode.INPUT, ran.code());
        assertEquals(1, ran.errLines().size(), ran.err());
    }
}
