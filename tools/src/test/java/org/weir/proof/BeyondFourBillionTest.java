package org.weir.proof;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.weir.engine.MergeEngine;
import org.weir.engine.MergeProgress;
import org.weir.plan.MergeConfig;
import org.weir.plan.MergeOptions;
import org.weir.plan.MergePlan;
import org.weir.plan.Planner;

/**
 * One tensor of more than 2^32 elements: files of holes, but for a few numbers around the places where 32 bits end. Nothing
 * of the output is written; the sink looks at every byte of it.
 */
class BeyondFourBillionTest {
    private static final long ELEMENTS = (1L << 32) + 5_001;
    private static final short ONE = (short) 0x3f80; // bf16
    private static final short TWO = (short) 0x4000;
    private static final short MINUS_TWO = (short) 0xc000;
    private static final long[] PLACES = {
        0, (1L << 31) - 1, 1L << 31, (1L << 32) - 1, 1L << 32, (1L << 32) + 1, ELEMENTS - 1
    };

    @TempDir
    private Path folder;

    /** Five of the seven are larger; of the two equal ones, which lie on both sides of 2^32, the first stays. */
    @Test
    void trimsExactlyWhateverLiesBetween() throws Exception {
        Map<Long, Short> deltas = new TreeMap<>();
        for (long place : PLACES) {
            deltas.put(place, place % 2 == 0 ? TWO : MINUS_TWO);
        }
        deltas.put((1L << 31) - 1, ONE);
        deltas.put((1L << 32) + 1, ONE);
        write("base", Map.of());
        write("expert", deltas);
        Map<Long, Short> expected = new TreeMap<>(deltas);
        expected.remove((1L << 32) + 1);
        Config config = Config.of("ties")
                .base(folder.resolve("base"))
                .model(folder.resolve("expert"), "weight: 1", "density: " + 6.5 / ELEMENTS);
        assertEquals(expected, merged(config));
    }

    private Map<Long, Short> merged(Config config) throws Exception {
        Path file = Files.writeString(folder.resolve("config.yml"), config.toString());
        Map<Long, Short> found = new ConcurrentSkipListMap<>();
        try (MergePlan plan =
                Planner.plan(MergeConfig.read(file), folder, Map.of(), MergeOptions.defaults(), Optional.empty())) {
            MemorySegment zeros =
                    MemorySegment.ofArray(new byte[(int) plan.memory().tileBytes()]);
            new MergeEngine(plan, new MergeProgress(), false)
                    .run((tensor, offsetBytes, bytes, facts) -> note(found, offsetBytes, bytes, zeros));
        }
        return new TreeMap<>(found);
    }

    private static void note(Map<Long, Short> found, long offsetBytes, MemorySegment bytes, MemorySegment zeros) {
        long end = bytes.byteSize();
        long at = MemorySegment.mismatch(bytes, 0, end, zeros, 0, end);
        while (at >= 0) {
            long element = at / Short.BYTES;
            found.put(offsetBytes / Short.BYTES + element, bytes.getAtIndex(ValueLayout.JAVA_SHORT, element));
            long next = (element + 1) * Short.BYTES;
            long more = MemorySegment.mismatch(bytes, next, end, zeros, next, end);
            at = more < 0 ? -1 : next + more;
        }
    }

    private void write(String name, Map<Long, Short> values) throws IOException {
        String json =
                "{\"w\":{\"dtype\":\"BF16\",\"shape\":[%d],\"data_offsets\":[0,%d]}}".formatted(ELEMENTS, 2 * ELEMENTS);
        byte[] header = (json + " ".repeat(Math.floorMod(-json.length(), 8))).getBytes(US_ASCII);
        Path file = Files.createDirectory(folder.resolve(name)).resolve("model.safetensors");
        Files.writeString(file.resolveSibling("config.json"), "{}");
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.SPARSE, StandardOpenOption.WRITE)) {
            channel.write(little(Long.BYTES).putLong(0, header.length), 0);
            channel.write(ByteBuffer.wrap(header), Long.BYTES);
            long data = Long.BYTES + header.length;
            channel.write(little(Short.BYTES), data + 2 * (ELEMENTS - 1));
            for (Map.Entry<Long, Short> value : values.entrySet()) {
                channel.write(little(Short.BYTES).putShort(0, value.getValue()), data + 2 * value.getKey());
            }
        }
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
