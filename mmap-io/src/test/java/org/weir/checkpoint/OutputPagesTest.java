package org.weir.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of an output in the page cache, and how much of it is on its way at a time. */
class OutputPagesTest {
    private static final int MIB = 1 << 20;
    private static final int SIZE_BYTES = 96 * MIB;
    private static final int TILE_BYTES = 3 * MIB + 17;

    @TempDir
    Path folder;

    @Test
    void droppedOutputLeavesThePageCacheWhileItIsWrittenAndAfter() throws Exception {
        Path out = folder.resolve("out");
        byte[] content = new byte[SIZE_BYTES];
        new Random(3).nextBytes(content);
        ShardLayout layout = ShardLayout.of(List.of(new TensorInfo("x", DType.U8, Shape.of(SIZE_BYTES))), SIZE_BYTES);
        try (CheckpointWriter writer = CheckpointWriter.create(out, layout, false, PageCache.DROP)) {
            for (int from = 0; from < SIZE_BYTES; from += TILE_BYTES) {
                int length = Math.min(TILE_BYTES, SIZE_BYTES - from);
                writer.write(0, from, MemorySegment.ofArray(content).asSlice(from, length));
            }
            long written = CachedPages.bytes(folder.resolve("out.staging/model.safetensors"));
            assertTrue(written <= 48L * MIB, written + " bytes are cached before the end");
            writer.publish();
        }
        long left = CachedPages.bytes(out.resolve("model.safetensors"));
        assertTrue(left <= MIB, left + " bytes are cached after the end");
        try (Checkpoint read = Checkpoint.open(out)) {
            assertEquals(-1, read.tensors().getFirst().bytes().mismatch(MemorySegment.ofArray(content)));
        }
    }
}
