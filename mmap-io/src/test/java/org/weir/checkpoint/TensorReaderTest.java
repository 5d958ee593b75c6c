package org.weir.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.weir.checkpoint.TensorReader.Way;

/** The ways in which ranges of files become memory. */
class TensorReaderTest {
    private static final int MIB = 1 << 20;
    private static final int FILE_BYTES = 64 * MIB;

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void readsTheBytesThatAreThereAtAnyPlaceAndLength(Way way) throws IOException {
        byte[] data = new byte[3 * MIB + 12_345];
        new Random(1).nextBytes(data);
        try (Checkpoint checkpoint = Checkpoint.open(RawFile.write(file(), RawFile.oneTensor("x", data)));
                Arena arena = Arena.ofConfined()) {
            MappedTensor tensor = checkpoint.tensors().getFirst();
            TensorReader reader = TensorReader.of(way, 2, MIB, arena);
            for (long from : new long[] {0, 1, 4095, 4096, 12_344, 2 * MIB + 12_345, data.length - 1}) {
                for (long length : new long[] {1, 4096, 5000, MIB}) {
                    long fits = Math.min(length, data.length - from);
                    MemorySegment read = reader.read((int) (from % 2), tensor, from, fits);
                    MemorySegment expected = MemorySegment.ofArray(data).asSlice(from, fits);
                    assertEquals(-1, read.mismatch(expected), way + " " + from + " " + length);
                    reader.release(tensor, from, fits);
                }
            }
        }
    }

    /** More reads than there are turns between mapping and copying, so that both are tried and one is settled on. */
    @Test
    void theBytesAreTheSameInEveryTurnOfTheTrial() throws IOException {
        byte[] data = new byte[8 * MIB];
        new Random(3).nextBytes(data);
        try (Checkpoint checkpoint = Checkpoint.open(RawFile.write(file(), RawFile.oneTensor("x", data)));
                Arena arena = Arena.ofConfined()) {
            MappedTensor tensor = checkpoint.tensors().getFirst();
            TensorReader reader = TensorReader.of(Way.FASTER, 2, MIB / 8, arena);
            for (int tile = 0; tile < 64; tile++) {
                long from = (long) tile * MIB / 8;
                for (int place = 0; place < 2; place++) {
                    MemorySegment read = reader.read(place, tensor, from, MIB / 8);
                    assertEquals(-1, read.mismatch(MemorySegment.ofArray(data).asSlice(from, MIB / 8)), "tile " + tile);
                }
                reader.release(tensor, from, MIB / 8);
                reader.release(tensor, from, MIB / 8);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "MAPPED")
    void keepsWhatIsInOnePlaceWhileAnotherIsRead(Way way) throws IOException {
        byte[] data = new byte[2 * MIB];
        new Random(2).nextBytes(data);
        try (Checkpoint checkpoint = Checkpoint.open(RawFile.write(file(), RawFile.oneTensor("x", data)));
                Arena arena = Arena.ofConfined()) {
            MappedTensor tensor = checkpoint.tensors().getFirst();
            TensorReader reader = TensorReader.of(way, 2, MIB, arena);
            MemorySegment first = reader.read(0, tensor, 0, MIB);
            reader.read(1, tensor, MIB, MIB);
            assertEquals(-1, first.mismatch(MemorySegment.ofArray(data).asSlice(0, MIB)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void saysWhereAFileThatShrankEndsNow(Way way) throws IOException {
        Path file = RawFile.write(file(), RawFile.oneTensor("x", new byte[8 * MIB]));
        try (Checkpoint checkpoint = Checkpoint.open(file);
                Arena arena = Arena.ofConfined()) {
            MappedTensor tensor = checkpoint.tensors().getFirst();
            TensorReader reader = TensorReader.of(way, 1, 8 * MIB, arena);
            reader.read(0, tensor, 0, 8 * MIB);
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(4 * MIB + 5);
            }
            InputChangedException e =
                    assertThrows(InputChangedException.class, () -> reader.read(0, tensor, 0, 8 * MIB));
            assertEquals(OptionalLong.of(4 * MIB + 5), e.offset(), e.getMessage());
        }
    }

    /** The kernel maps large pieces at once; what lies around small windows must not be left over. */
    @Test
    void manySmallWindowsLeaveNothingMapped() throws IOException {
        int windowBytes = MIB / 4;
        // as when a neighbour ends first
        LongStream backwards = LongStream.iterate(FILE_BYTES - windowBytes, at -> at >= 0, at -> at - windowBytes);
        long left = leftMappedKib(Way.MAPPED, MIB, windowBytes, backwards);
        assertTrue(left < 8 * 1024, left + " KiB are still mapped");
    }

    /** Nobody may come by soon to let go of the large pieces that the kernel would map around them. */
    @Test
    void samplesOfATensorAreNotMapped() throws IOException {
        LongStream samples = LongStream.iterate(0, at -> at < FILE_BYTES, at -> at + MIB);
        long left = leftMappedKib(Way.FASTER, MIB, 8 * 1024, samples);
        assertTrue(left < 1024, left + " KiB are still mapped");
    }

    /** In a first turn the beginnings of pieces are mapped, in the second their ends are copied. */
    @Test
    void aTurnThatCopiesLeavesNothingMappedOfTheOneBefore() throws IOException {
        int tileBytes = 96 * 1024;
        int tiles = 8;
        LongStream turns = LongStream.range(0, 2 * tiles).map(tile -> {
            long piece = (tile % tiles + 1) * PageAdvice.PIECE_BYTES;
            return tile < tiles ? piece : piece + PageAdvice.PIECE_BYTES - tileBytes;
        });
        long left = leftMappedKib(Way.FASTER, tileBytes, tileBytes, turns);
        assertTrue(left < 512, left + " KiB are still mapped");
    }

    /** What stays mapped of a file in the page cache when windows of it have been read and released, one by one. */
    private long leftMappedKib(Way way, int readerBytes, int windowBytes, LongStream begins) throws IOException {
        Path file = RawFile.write(file(), RawFile.oneTensor("x", new byte[FILE_BYTES]));
        try (Checkpoint checkpoint = Checkpoint.open(file);
                Arena arena = Arena.ofConfined()) {
            Files.readAllBytes(file);
            MappedTensor tensor = checkpoint.tensors().getFirst();
            TensorReader reader = TensorReader.of(way, 1, readerBytes, arena);
            long before = MappedTensorTest.residentFileKib();
            for (long begin : begins.toArray()) {
                reader.read(0, tensor, begin, windowBytes);
                reader.release(tensor, begin, windowBytes);
            }
            return MappedTensorTest.residentFileKib() - before;
        }
    }

    @Test
    void forgottenPagesAreNoLongerInThePageCache() throws Exception {
        int sizeBytes = 32 * MIB;
        Path file = RawFile.write(file(), RawFile.oneTensor("x", new byte[sizeBytes]));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            MappedTensor tensor = checkpoint.tensors().getFirst();
            tensor.prefault(0, sizeBytes);
            tensor.release(0, sizeBytes / 2);
            tensor.forget(0, sizeBytes / 2);
            long half = CachedPages.bytes(file);
            assertTrue(half >= sizeBytes / 2 - 2 * MIB && half <= sizeBytes / 2 + 4 * MIB, half + " bytes are cached");
            checkpoint.forget();
            assertTrue(CachedPages.bytes(file) <= 64 * 1024, CachedPages.bytes(file) + " bytes are cached");
            assertEquals(0, tensor.bytes().get(ValueLayout.JAVA_BYTE, 5));
        }
    }

    private Path file() {
        return folder.resolve("x.safetensors");
    }
}
