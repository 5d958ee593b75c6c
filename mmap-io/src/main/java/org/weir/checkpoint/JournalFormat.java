package org.weir.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is in a journal. Numbers are little endian; each record has a checksum of itself, so one that was cut off by a
 * crash is none. Records begin at multiples of 32 bytes, so that what follows a damaged one is found.
 *
 * <pre>
 *   file      | magic 8 | length of identity 4 | its sum 4 | identity, JSON | zeros to 64 KiB | record | record | ...
 *   record    | sum of the rest 4 | tensor 4 | sum of the data 4 | length of note 4 | offset 8 | length 8 | note | zeros |
 * </pre>
 */
final class JournalFormat {
    static final long MAGIC = 0x32304c4e4a524957L; // "WIRJNL02"
    static final int CHUNK_BYTES = 1 << 16;
    static final int RECORD_BYTES = 32;

    private static final int HEAD_BYTES = 16;

    private JournalFormat() {}

    /** What an interrupted run wrote down. */
    record Content(RunIdentity identity, List<Claim> claims) {}

    /** The beginning of a new journal, whole chunks. */
    static byte[] head(RunIdentity identity) {
        byte[] text = identity.bytes();
        int chunks = Math.ceilDiv(HEAD_BYTES + text.length, CHUNK_BYTES);
        byte[] head = new byte[Math.multiplyExact(chunks, CHUNK_BYTES)];
        littleEndian(head)
                .putLong(MAGIC)
                .putInt(text.length)
                .putInt(Crc32c.of(text))
                .put(text);
        return head;
    }

    static byte[] record(Claim claim) {
        ByteBuffer note = claim.note().duplicate();
        byte[] bytes = new byte[Math.toIntExact(recordBytes(note.remaining()))];
        ByteBuffer record = littleEndian(bytes);
        record.putInt(0).putInt(claim.tensor()).putInt(claim.crc32c()).putInt(note.remaining());
        record.putLong(claim.offsetBytes()).putLong(claim.lengthBytes()).put(note);
        record.putInt(0, sum(bytes, 0, bytes.length));
        return bytes;
    }

    private static long recordBytes(int noteBytes) {
        return RECORD_BYTES + Math.ceilDiv(noteBytes, RECORD_BYTES) * (long) RECORD_BYTES;
    }

    /** What is in a journal, or nothing if it does not even say whose it is. */
    static Optional<Content> read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        byte[] content = Files.readAllBytes(file);
        ByteBuffer bytes = littleEndian(content);
        if (bytes.capacity() < HEAD_BYTES || bytes.getLong() != MAGIC) {
            return Optional.empty();
        }
        int length = bytes.getInt();
        int sum = bytes.getInt();
        if (length < 0 || length > bytes.remaining()) {
            return Optional.empty();
        }
        byte[] text = new byte[length];
        bytes.get(text);
        if (Crc32c.of(text) != sum) {
            return Optional.empty();
        }
        int first = Math.ceilDiv(HEAD_BYTES + length, CHUNK_BYTES) * CHUNK_BYTES;
        return RunIdentity.of(text).map(identity -> new Content(identity, claims(content, first)));
    }

    private static List<Claim> claims(byte[] content, int first) {
        ByteBuffer bytes = littleEndian(content);
        List<Claim> claims = new ArrayList<>();
        int at = first;
        while (at <= content.length - RECORD_BYTES) {
            int noteBytes = bytes.getInt(at + 12);
            long end = at + recordBytes(Math.max(0, noteBytes));
            if (noteBytes >= 0 && end <= content.length && bytes.getInt(at) == sum(content, at, (int) end)) {
                claims.add(claim(bytes, at, noteBytes));
                at = (int) end;
            } else {
                at += RECORD_BYTES;
            }
        }
        return claims;
    }

    private static Claim claim(ByteBuffer bytes, int at, int noteBytes) {
        ByteBuffer note = ByteBuffer.allocate(noteBytes).put(0, bytes, at + RECORD_BYTES, noteBytes);
        return new Claim(
                bytes.getInt(at + 4), bytes.getLong(at + 16), bytes.getLong(at + 24), bytes.getInt(at + 8), note);
    }

    private static int sum(byte[] content, int begin, int end) {
        int rest = begin + Integer.BYTES;
        return Crc32c.of(MemorySegment.ofArray(content).asSlice(rest, end - rest));
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
