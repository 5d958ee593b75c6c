package org.weir.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What is in a journal. Numbers are little endian; each record has a checksum of itself, so one that was cut off by a
 * crash is none.
 *
 * <pre>
 *   file      | magic 8 | length of identity 4 | its sum 4 | identity, JSON | zeros to 64 KiB | record | record | ...
 *   record    | sum of the rest 4 | tensor 4 | sum of the data 4 | 0 | offset 8 | length 8 |
 * </pre>
 */
final class JournalFormat {
    static final long MAGIC = 0x31304c4e4a524957L; // "WIRJNL01"
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
        byte[] bytes = new byte[RECORD_BYTES];
        ByteBuffer record = littleEndian(bytes);
        record.putInt(0).putInt(claim.tensor()).putInt(claim.crc32c()).putInt(0);
        record.putLong(claim.offsetBytes()).putLong(claim.lengthBytes());
        record.putInt(0, sum(bytes));
        return bytes;
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
        for (int at = first; at <= content.length - RECORD_BYTES; at += RECORD_BYTES) {
            if (bytes.getInt(at) == sum(Arrays.copyOfRange(content, at, at + RECORD_BYTES))) {
                claims.add(new Claim(
                        bytes.getInt(at + 4), bytes.getLong(at + 16), bytes.getLong(at + 24), bytes.getInt(at + 8)));
            }
        }
        return claims;
    }

    private static int sum(byte[] record) {
        return Crc32c.of(MemorySegment.ofArray(record).asSlice(Integer.BYTES));
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
