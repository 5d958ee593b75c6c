package org.weir.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Checkpoints of four bytes, to see which of them is where. */
final class SmallOutput {
    static final ShardLayout ONE_SHARD = ShardLayout.of(List.of(new TensorInfo("x", DType.U8, Shape.of(4))), 100);

    private SmallOutput() {}

    static void writeOne(Path out, boolean overwrite, int value) throws IOException {
        try (CheckpointWriter writer = CheckpointWriter.create(out, ONE_SHARD, overwrite)) {
            writer.write(0, 0, bytes(value, value, value, value));
            writer.publish();
        }
    }

    static int firstByte(Path checkpointFolder) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(checkpointFolder)) {
            return checkpoint.tensors().getFirst().bytes().get(ValueLayout.JAVA_BYTE, 0);
        }
    }

    static MemorySegment bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return MemorySegment.ofArray(bytes);
    }

    static List<String> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
