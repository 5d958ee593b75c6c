package org.weir.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

/** Whatever is written is read again. */
class RoundTripTest {
    @Property(tries = 100)
    void readsWhatWasWritten(
            @ForAll("tensors") List<TensorInfo> tensors,
            @ForAll @LongRange(min = 1, max = 4000) long maxShardBytes,
            @ForAll Random random)
            throws IOException {
        Path folder = Files.createTempDirectory("weir");
        try {
            byte[][] contents = tensors.stream()
                    .map(tensor -> randomBytes(random, tensor.bytes()))
                    .toArray(byte[][]::new);
            write(folder.resolve("out"), ShardLayout.of(tensors, maxShardBytes), contents, random);
            try (Checkpoint checkpoint = Checkpoint.open(folder.resolve("out"))) {
                assertEquals(tensors.size(), checkpoint.tensors().size());
                for (int i = 0; i < contents.length; i++) {
                    MappedTensor read = checkpoint.tensor(tensors.get(i).name()).orElseThrow();
                    assertEquals(tensors.get(i), read.info());
                    assertEquals(-1, read.bytes().mismatch(MemorySegment.ofArray(contents[i])));
                }
            }
        } finally {
            Folders.removeTree(folder);
        }
    }

    @Property(tries = 200)
    void keepsShardsWithinTheLimitAndLosesNothing(
            @ForAll("tensors") List<TensorInfo> tensors, @ForAll @LongRange(min = 1, max = 4000) long maxShardBytes) {
        ShardLayout layout = ShardLayout.of(tensors, maxShardBytes);
        for (ShardLayout.Shard shard : layout.shards()) {
            assertTrue(shard.dataBytes() <= maxShardBytes || shard.tensors().size() == 1);
            assertEquals(0, shard.headerBytes() % 8);
        }
        assertEquals(
                tensors.stream().collect(Collectors.toSet()),
                layout.shards().stream()
                        .flatMap(shard -> shard.tensors().stream())
                        .collect(Collectors.toSet()));
        assertEquals(tensors.stream().mapToLong(TensorInfo::bytes).sum(), layout.tensorBytes());
    }

    @Provide
    Arbitrary<List<TensorInfo>> tensors() {
        Arbitrary<List<Long>> dims = Arbitraries.longs().between(0, 7).list().ofMaxSize(3);
        Arbitrary<Shape> shapes = dims.map(Shape::new);
        // A last dimension of 4 makes the narrow types fill whole bytes.
        Arbitrary<Shape> shapesOfFours = dims.map(some -> {
            List<Long> more = new ArrayList<>(some);
            more.add(4L);
            return new Shape(more);
        });
        Arbitrary<String> names =
                Arbitraries.strings().ofMaxLength(20).filter(name -> !Printable.hasLoneSurrogate(name));
        Arbitrary<TensorInfo> tensor = Arbitraries.of(DType.class)
                .flatMap(dtype -> Combinators.combine(names, dtype.bits() % 8 == 0 ? shapes : shapesOfFours)
                        .as((name, shape) -> new TensorInfo(name, dtype, shape)));
        return tensor.list().ofMaxSize(12).uniqueElements(TensorInfo::name);
    }

    /** In pieces of any size, backwards: the order of writes must not matter. */
    private static void write(Path out, ShardLayout layout, byte[][] contents, Random random) throws IOException {
        try (CheckpointWriter writer = CheckpointWriter.create(out, layout, false)) {
            for (int i = contents.length - 1; i >= 0; i--) {
                MemorySegment bytes = MemorySegment.ofArray(contents[i]);
                for (long end = bytes.byteSize(); end > 0; ) {
                    long length = 1 + random.nextLong(end);
                    writer.write(i, end - length, bytes.asSlice(end - length, length));
                    end -= length;
                }
            }
            writer.publish();
        }
    }

    private static byte[] randomBytes(Random random, long length) {
        byte[] bytes = new byte[Math.toIntExact(length)];
        random.nextBytes(bytes);
        return bytes;
    }
}
