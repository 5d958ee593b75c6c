package org.weir.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading what is mapped: far offsets, odd offsets, and files that change underneath. */
class MappedTensorTest {
    private static final int MIB = 1 << 20;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    @TempDir
    Path folder;

    @Test
    void readsATensorAtAnOddOffset() throws IOException {
        String header = "{\"pad\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,3]},"
                + "\"x\":{\"dtype\":\"I32\",\"shape\":[2],\"data_offsets\":[3,11]}}";
        byte[] data = {9, 9, 9, 1, 0, 0, 0, 2, 0, 0, (byte) 0x80};
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        Path file = RawFile.write(file(), RawFile.bytes(text.length, text, data));
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            MappedTensor x = checkpoint.tensor("x").orElseThrow();
            assertEquals(8 + text.length + 3, x.offsetBytes());
            x.prefault(0, 8);
            assertEquals(1, x.bytes().get(INT, 0));
            assertEquals(0x80000002, x.bytes().get(INT, 4));
        }
    }

    @Test
    void readsASparseFileBeyondTwoAndFourGigabytes() throws IOException {
        long sizeBytes = (1L << 32) + (1L << 20);
        Path file = sparse(sizeBytes);
        long dataStartBytes = Files.size(file) - sizeBytes;
        long[] places = {0, (1L << 31) - 2, (1L << 32) - 2, sizeBytes - 4};
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (int i = 0; i < places.length; i++) {
                ByteBuffer value =
                        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(0, 0x01020304 + i);
                channel.write(value, dataStartBytes + places[i]);
            }
        }
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            MappedTensor tensor = checkpoint.tensors().getFirst();
            assertEquals(sizeBytes, tensor.bytes().byteSize());
            for (int i = 0; i < places.length; i++) {
                tensor.prefault(places[i], 4);
                assertEquals(0x01020304 + i, tensor.bytes().get(INT, places[i]));
            }
        }
    }

    @Test
    void mapsATerabyte() throws IOException {
        long sizeBytes = 1L << 40;
        try (Checkpoint checkpoint = Checkpoint.open(sparse(sizeBytes))) {
            MappedTensor tensor = checkpoint.tensors().getFirst();
            tensor.prefault(sizeBytes - 1, 1);
            assertEquals(0, tensor.bytes().get(ValueLayout.JAVA_BYTE, sizeBytes - 1));
        }
    }

    @Test
    void keepsItsBytesWhenPagesAreReleased() throws IOException {
        byte[] data = new byte[MIB];
        data[MIB / 2] = 42;
        try (Checkpoint checkpoint = Checkpoint.open(RawFile.write(file(), RawFile.oneTensor("x", data)))) {
            MappedTensor tensor = checkpoint.tensors().getFirst();
            tensor.prefault(0, MIB);
            tensor.release(0, MIB);
            tensor.release(MIB / 2, 1);
            tensor.release(0, 0);
            assertEquals(42, tensor.bytes().get(ValueLayout.JAVA_BYTE, MIB / 2));
        }
    }

    @Test
    void releasesPagesForReal() throws IOException {
        int sizeBytes = 32 * MIB;
        try (Checkpoint checkpoint =
                Checkpoint.open(RawFile.write(file(), RawFile.oneTensor("x", new byte[sizeBytes])))) {
            MappedTensor tensor = checkpoint.tensors().getFirst();
            long before = residentFileKib();
            tensor.prefault(0, sizeBytes);
            long filled = residentFileKib();
            tensor.release(0, sizeBytes);
            long released = residentFileKib();
            assertTrue(filled - before > 24 * 1024, before + " -> " + filled);
            assertTrue(filled - released > 24 * 1024, filled + " -> " + released);
        }
    }

    @Test
    void refusesRangesOutsideTheTensor() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(RawFile.write(file(), RawFile.oneTensor("x", new byte[10])))) {
            MappedTensor tensor = checkpoint.tensors().getFirst();
            assertThrows(IndexOutOfBoundsException.class, () -> tensor.prefault(5, 6));
            assertThrows(IndexOutOfBoundsException.class, () -> tensor.release(-1, 1));
            tensor.prefault(10, 0);
        }
    }

    @Test
    void isReadOnly() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(RawFile.write(file(), RawFile.oneTensor("x", new byte[10])))) {
            MemorySegment bytes = checkpoint.tensors().getFirst().bytes();
            assertThrows(IllegalArgumentException.class, () -> bytes.set(ValueLayout.JAVA_BYTE, 0, (byte) 1));
        }
    }

    @Test
    void cannotBeReadOnceClosed() throws IOException {
        Checkpoint checkpoint = Checkpoint.open(RawFile.write(file(), RawFile.oneTensor("x", new byte[MIB])));
        MappedTensor tensor = checkpoint.tensors().getFirst();
        checkpoint.close();
        assertThrows(IllegalStateException.class, () -> tensor.bytes().get(ValueLayout.JAVA_BYTE, 0));
        assertThrows(IllegalStateException.class, () -> tensor.prefault(0, MIB));
        assertThrows(IllegalStateException.class, () -> tensor.release(0, MIB));
    }

    @Test
    void saysWhereAFileThatShrankEndsNow() throws IOException {
        Path file = RawFile.write(file(), RawFile.oneTensor("x", new byte[8 * MIB]));
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            MappedTensor tensor = checkpoint.tensors().getFirst();
            tensor.prefault(0, 8 * MIB);
            long newSizeBytes = 4 * MIB + 5;
            truncate(file, newSizeBytes);
            InputChangedException e = assertThrows(InputChangedException.class, () -> tensor.prefault(0, 8 * MIB));
            assertEquals(file, e.path());
            assertEquals(OptionalLong.of(newSizeBytes), e.offset());
            assertTrue(
                    e.getMessage().startsWith(file + ": at byte " + newSizeBytes + ": the file ends here now"),
                    e.getMessage());
            tensor.prefault(0, MIB);
            InputChangedException beyond =
                    assertThrows(InputChangedException.class, () -> tensor.prefault(6 * MIB, 2 * MIB));
            assertEquals(OptionalLong.of(tensor.offsetBytes() + 6 * MIB), beyond.offset());
        }
    }

    @Test
    void saysThatAFileHasGone() throws IOException {
        Path file = RawFile.write(file(), RawFile.oneTensor("x", new byte[8 * MIB]));
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            truncate(file, 0);
            Files.delete(file);
            MappedTensor tensor = checkpoint.tensors().getFirst();
            InputChangedException e = assertThrows(InputChangedException.class, () -> tensor.prefault(0, 1));
            assertTrue(e.getMessage().contains("gone"), e.getMessage());
        }
    }

    /** What older kernels need. Many times, because compiled code reports such a fault later than interpreted code. */
    @Test
    void findsTheSameByTouchingPagesHoweverOftenThatIsCompiled() throws IOException {
        int sizeBytes = MIB;
        Path file = RawFile.write(file(), new byte[sizeBytes]);
        try (Arena arena = Arena.ofShared();
                FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MemorySegment mapped = channel.map(MapMode.READ_ONLY, 0, sizeBytes, arena);
            for (int i = 0; i < 20_000; i++) {
                PageAdvice.touch(mapped, file, 0);
            }
            truncate(file, sizeBytes / 2 + 1);
            for (int i = 0; i < 1000; i++) {
                InputChangedException e =
                        assertThrows(InputChangedException.class, () -> PageAdvice.touch(mapped, file, 0));
                assertEquals(OptionalLong.of(sizeBytes / 2 + 1), e.offset());
            }
            PageAdvice.touch(mapped.asSlice(0, sizeBytes / 2), file, 0);
            // Two bytes on two pages, of which the second has gone.
            long lastByte = sizeBytes / 2 + 4095;
            assertThrows(
                    InputChangedException.class, () -> PageAdvice.touch(mapped.asSlice(lastByte, 2), file, lastByte));
        }
    }

    @Test
    void findsNoChangeInAFileThatIsOnlyRead() throws IOException {
        Path file = RawFile.write(file(), RawFile.oneTensor("x", new byte[10]));
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            Files.readAllBytes(file);
            checkpoint.requireUnchanged();
        }
    }

    @Test
    void noticesATouchedFile() throws IOException {
        assertChanged(
                "it was written to",
                file -> Files.setLastModifiedTime(
                        file, FileTime.from(Instant.now().plusNanos(1000))));
    }

    @Test
    void noticesAFileRewrittenInPlaceWhoseTimeWasSetBack() throws IOException {
        assertChanged("its status changed", file -> {
            FileTime before = Files.getLastModifiedTime(file);
            byte[] content = Files.readAllBytes(file);
            Files.write(file, content);
            Files.setLastModifiedTime(file, before);
        });
    }

    @Test
    void noticesAFileThatGrewOrShrank() throws IOException {
        assertChanged("it had", file -> Files.write(file, new byte[1], StandardOpenOption.APPEND));
        assertChanged("it had", file -> truncate(file, 5));
    }

    @Test
    void noticesAnotherFileOfTheSameContent() throws IOException {
        assertChanged("another file", file -> {
            Path copy = Files.copy(file, folder.resolve("copy"), StandardCopyOption.COPY_ATTRIBUTES);
            Files.move(copy, file, StandardCopyOption.REPLACE_EXISTING);
        });
    }

    @Test
    void noticesAFileThatHasGone() throws IOException {
        assertChanged("gone", Files::delete);
    }

    private interface Change {
        void make(Path file) throws IOException;
    }

    private void assertChanged(String what, Change change) throws IOException {
        Path file = RawFile.write(file(), RawFile.oneTensor("x", new byte[10]));
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            checkpoint.requireUnchanged();
            change.make(file);
            InputChangedException e = assertThrows(InputChangedException.class, checkpoint::requireUnchanged);
            assertTrue(e.getMessage().startsWith(file + ": ") && e.getMessage().contains(what), e.getMessage());
            assertFalse(e.offset().isPresent());
        }
    }

    private Path file() {
        return folder.resolve("x.safetensors");
    }

    /** One tensor of zeros that takes no room on the disk. */
    private Path sparse(long sizeBytes) throws IOException {
        String header =
                "{\"x\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[0,%d]}}".formatted(sizeBytes, sizeBytes);
        Path file = RawFile.write(file(), RawFile.bytes(header, 0));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), channel.size() + sizeBytes - 1);
        }
        return file;
    }

    private static void truncate(Path file, long sizeBytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(sizeBytes);
        }
    }

    static long residentFileKib() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("RssFile:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
