package org.weir.checkpoint;

import java.io.InputStreamReader;
import java.io.Reader;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.BytesStore;
import net.openhft.chronicle.bytes.PointerBytesStore;
import org.jspecify.annotations.Nullable;

/**
 * Reads the head of a mapped safetensors file and checks every rule of the format, so that whoever comes later can
 * trust names, shapes and offsets. The numbers of the file are compared with the file's size before anything is made
 * from them.
 *
 * <p>The text is read where it lies, through a Chronicle Bytes cursor over our read-only mapping. (Chronicle's own
 * mappers are no choice for an input: the default one opens it for writing and makes it longer.)
 */
final class HeaderParser {
    /** Chronicle warns at its first use of a way to free buffers that JDK 25 no longer has. We give it none to free. */
    private static final Logger CHRONICLE_CLEANER =
            Logger.getLogger("net.openhft.chronicle.core.internal.cleaner.ReflectionBasedByteBufferCleanerService");

    static {
        CHRONICLE_CLEANER.setLevel(Level.SEVERE);
    }

    /** How the text file begins that git-lfs leaves where it has not fetched the file. */
    private static final byte[] LFS_POINTER = "version https://git-lfs".getBytes(StandardCharsets.US_ASCII);

    /** Its first eight bytes, read as a length. */
    private static final long VERSION_WORD = 0x206e6f6973726576L;

    private static final Comparator<Header.Entry> BY_PLACE =
            Comparator.comparingLong(Header.Entry::beginBytes).thenComparingLong(Header.Entry::endBytes);

    private final Path file;
    private final MemorySegment mapped;

    private HeaderParser(Path file, MemorySegment mapped) {
        this.file = file;
        this.mapped = mapped;
    }

    /**
     * @param mapped the whole file
     * @throws MalformedCheckpointException if a rule of the format is broken
     * @throws InputChangedException if the file has shrunk since it was mapped
     */
    static Header parse(Path file, MemorySegment mapped) throws MalformedCheckpointException, InputChangedException {
        return new HeaderParser(file, mapped).parse();
    }

    private Header parse() throws MalformedCheckpointException, InputChangedException {
        if (mapped.byteSize() < Header.LENGTH_BYTES) {
            throw malformed(
                    null, 0, "found a file of %d bytes, expected at least 8".formatted(mapped.byteSize()), null);
        }
        PageAdvice.populate(mapped.asSlice(0, Header.LENGTH_BYTES), file, 0);
        PointerBytesStore store = BytesStore.nativePointer();
        store.set(mapped.address(), mapped.byteSize());
        Bytes<Void> cursor = store.bytesForRead();
        try {
            long dataStartBytes = Header.LENGTH_BYTES + checkedTextBytes(cursor.readLong());
            PageAdvice.populate(mapped.asSlice(0, dataStartBytes), file, 0);
            cursor.readLimit(dataStartBytes);
            return inOrder(readText(cursor), dataStartBytes);
        } catch (InternalError e) {
            // A fault on a page: the file has shrunk since the pages were asked for.
            throw InputChangedException.unreadable(file, 0, mapped.byteSize(), e);
        } finally {
            cursor.releaseLast();
        }
    }

    private long checkedTextBytes(long word) throws MalformedCheckpointException {
        long followingBytes = mapped.byteSize() - Header.LENGTH_BYTES;
        if (word == VERSION_WORD && isLfsPointer()) {
            String found = "found a git-lfs pointer in place of the file, expected the file itself;"
                    + " fetch it with git lfs pull";
            throw malformed(null, 0, found, null);
        }
        if (Long.compareUnsigned(word, Header.MAX_TEXT_BYTES) > 0) {
            throw malformedLength(
                    Long.toUnsignedString(word), Header.MAX_TEXT_BYTES + " (is this a safetensors file?)");
        }
        if (word > followingBytes) {
            throw malformedLength(
                    Long.toString(word), "the " + followingBytes + " that follow (is the file complete?)");
        }
        return word;
    }

    private boolean isLfsPointer() {
        return mapped.byteSize() >= LFS_POINTER.length
                && mapped.asSlice(0, LFS_POINTER.length).mismatch(MemorySegment.ofArray(LFS_POINTER)) < 0;
    }

    private List<Header.Entry> readText(Bytes<Void> cursor) throws MalformedCheckpointException {
        Reader text = new InputStreamReader(cursor.inputStream(), Utf8.decoder());
        try (StrictJson json = new StrictJson(text)) {
            HeaderJson header = new HeaderJson(json);
            try {
                return header.read();
            } catch (JsonProblem problem) {
                throw malformed(header.tensor(), problem);
            }
        }
    }

    /** The data is one run: each tensor begins where the one before it ends, and the file ends with the last. */
    private Header inOrder(List<Header.Entry> entries, long dataStartBytes) throws MalformedCheckpointException {
        List<Header.Entry> sorted = entries.stream().sorted(BY_PLACE).toList();
        long dataBytes = mapped.byteSize() - dataStartBytes;
        long endBytes = 0;
        for (Header.Entry entry : sorted) {
            checkPlace(entry, endBytes, dataStartBytes, dataBytes);
            endBytes = entry.endBytes();
        }
        if (endBytes != dataBytes) {
            String found = "found %d bytes after the last tensor, expected none".formatted(dataBytes - endBytes);
            throw malformed(null, dataStartBytes + endBytes, found, null);
        }
        return new Header(dataStartBytes, sorted);
    }

    private void checkPlace(Header.Entry entry, long expectedBegin, long dataStartBytes, long dataBytes)
            throws MalformedCheckpointException {
        TensorInfo info = entry.info();
        String expected = null;
        if (entry.beginBytes() != expectedBegin) {
            expected = "to begin at %d, where the tensor before it ends".formatted(expectedBegin);
        } else if (entry.endBytes() - entry.beginBytes() != info.bytes()) {
            String shape = Printable.of(info.shape());
            expected = "a range of %d bytes for %s %s".formatted(info.bytes(), info.dtype(), shape);
        } else if (entry.endBytes() > dataBytes) {
            expected = "an end within the %d bytes of data in the file (is it complete?)".formatted(dataBytes);
        }
        if (expected != null) {
            String found = "found data_offsets [%d, %d], expected ".formatted(entry.beginBytes(), entry.endBytes());
            throw malformed(info.name(), dataStartBytes + expectedBegin, found + expected, null);
        }
    }

    private MalformedCheckpointException malformedLength(String found, String limit) {
        return malformed(null, 0, "found a header of " + found + " bytes, expected at most " + limit, null);
    }

    private MalformedCheckpointException malformed(@Nullable String tensor, JsonProblem problem) {
        MemorySegment text = mapped.asSlice(Header.LENGTH_BYTES);
        long byteInText = problem.isBadUtf8() ? Utf8.firstBadByte(text) : Utf8.byteOfChar(text, problem.charOffset());
        return malformed(tensor, Header.LENGTH_BYTES + byteInText, problem.reason(), problem);
    }

    private MalformedCheckpointException malformed(
            @Nullable String tensor, long offsetBytes, String reason, @Nullable Throwable cause) {
        return new MalformedCheckpointException(file, tensor, offsetBytes, reason, cause);
    }
}
