package org.weir.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    private static final RunIdentity IDENTITY = new RunIdentity(Map.of("the config", "x"));

    @TempDir
    private Path folder;

    /** A gigabyte of output is some 4,000 ranges, and a chunk has room for 2,048 without notes, some of which are longer. */
    @Test
    void growsByAsManyChunksAsItTakes() throws IOException {
        Path file = folder.resolve("journal");
        List<Claim> expected = new ArrayList<>();
        for (int run = 0; run < 2; run++) { // the second goes on behind the first
            try (Journal journal = run == 0 ? Journal.begin(file, IDENTITY) : Journal.reopen(file)) {
                for (int i = 0; i < 5_000; i++) {
                    byte[] note = new byte[i % 1000 == 999 ? 100_000 : i % 70];
                    Arrays.fill(note, (byte) i);
                    Claim claim = new Claim(i, 262_144L * i, 262_144, 7 * i + run, ByteBuffer.wrap(note));
                    journal.add(claim);
                    expected.add(claim);
                }
            }
        }
        JournalFormat.Content content = JournalFormat.read(file).orElseThrow();
        assertEquals(IDENTITY, content.identity());
        assertEquals(expected, content.claims());
    }

    @Test
    void aRecordOfWhichAnyBitIsWrongIsNoneAndTheOthersAreFound() throws IOException {
        Path file = folder.resolve("journal");
        List<Claim> claims = new ArrayList<>();
        try (Journal journal = Journal.begin(file, IDENTITY)) {
            for (int i = 0; i < 6; i++) {
                Claim claim = new Claim(i, 100L * i, 100, i, ByteBuffer.wrap(new byte[] {1, 2, 3, 4}, 0, i % 5));
                journal.add(claim);
                claims.add(claim);
            }
        }
        byte[] bytes = Files.readAllBytes(file);
        int at = JournalFormat.CHUNK_BYTES;
        for (Claim broken : claims) {
            List<Claim> others =
                    claims.stream().filter(claim -> !claim.equals(broken)).toList();
            int end = at + JournalFormat.record(broken).length;
            for (int bit = 8 * at; bit < 8 * end; bit++) {
                bytes[bit / 8] ^= (byte) (1 << bit % 8);
                Files.write(file, bytes);
                assertEquals(others, JournalFormat.read(file).orElseThrow().claims(), "bit " + bit);
                bytes[bit / 8] ^= (byte) (1 << bit % 8);
            }
            at = end;
        }
    }
}
