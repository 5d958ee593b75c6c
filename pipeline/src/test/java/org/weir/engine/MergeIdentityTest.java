package org.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.weir.plan.MergeConfig;
import org.weir.plan.MergeOptions;
import org.weir.plan.MergePlan;
import org.weir.plan.Planner;

/** An interrupted merge is gone on with only by one of the same version, config, seed, options and inputs. */
class MergeIdentityTest {
    private static final String HEADER = "{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";

    @TempDir
    private Path folder;

    private Path input = Path.of("");

    @BeforeEach
    void writeAModel() throws IOException {
        input = folder.resolve("m.safetensors");
        writeConfig(1);
        write(input, HEADER);
    }

    @Test
    void theVersionDecides() throws Exception {
        assertTrue(states(0).containsValue(Build.version()), states(0).toString());
    }

    @Test
    void theConfigAndTheSeedDecide() throws Exception {
        Map<String, String> before = states(0);
        assertEquals(before, states(0));
        assertNotEquals(before, states(1));
        writeConfig(2);
        assertNotEquals(before, states(0));
    }

    @Test
    void deviceInodeSizeTimesAndHeaderOfAnInputDecide() throws Exception {
        CRC32C header = new CRC32C();
        header.update(Files.readAllBytes(input), 0, Long.BYTES + HEADER.length());
        Map<String, Object> file = Files.readAttributes(input, "unix:dev,ino,size,lastModifiedTime,ctime");
        String state = stateOfInput();
        for (Object part : List.of(
                "device=" + file.get("dev"),
                "inode=" + file.get("ino"),
                "bytes=" + file.get("size"),
                "modified=" + ((FileTime) file.get("lastModifiedTime")).toInstant(),
                "statusChanged=" + ((FileTime) file.get("ctime")).toInstant(),
                "headerCrc32c=" + (int) header.getValue())) {
            assertTrue(state.contains(part.toString()), () -> part + " is not in " + state);
        }
    }

    @Test
    void anEqualFileInItsPlaceIsAnother() throws Exception {
        String before = stateOfInput();
        Path copy = folder.resolve("copy");
        write(copy, HEADER);
        Files.setLastModifiedTime(copy, Files.getLastModifiedTime(input));
        Files.delete(input);
        Files.move(copy, input);
        assertNotEquals(before, stateOfInput());
    }

    private String stateOfInput() throws Exception {
        return String.valueOf(states(0).get("the input " + input));
    }

    private Map<String, String> states(long seed) throws Exception {
        MergeOptions asked = MergeOptions.defaults();
        MergeOptions options = new MergeOptions(
                asked.outShardBytes(),
                seed,
                1,
                asked.memoryBytes(),
                asked.tileElements(),
                false,
                true,
                true,
                false,
                asked.reader(),
                asked.sidecar(),
                asked.exactness());
        MergeConfig config = MergeConfig.read(folder.resolve("config.yml"));
        try (MergePlan plan = Planner.plan(config, folder, Map.of(), options, Optional.empty())) {
            return MergeIdentity.of(plan).states();
        }
    }

    private void writeConfig(int weight) throws IOException {
        Files.writeString(folder.resolve("config.yml"), """
                merge_method: linear
                models: [{model: %s, parameters: {weight: %d}}]
                """.formatted(input, weight));
    }

    private static void write(Path file, String header) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + header.length() + 8).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length()).put(header.getBytes(StandardCharsets.UTF_8));
        Files.write(file, bytes.array());
    }
}
