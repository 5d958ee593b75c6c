package org.weir.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;

/** What the parser says to the bytes of a file. */
final class HeaderVerdicts {
    /** Named in messages, and nothing more. */
    static final Path FILE = Path.of("x.safetensors");

    private HeaderVerdicts() {}

    /** The JSON of an entry of bytes. */
    static String u8(long begin, long end) {
        return "{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[%d,%d]}".formatted(end - begin, begin, end);
    }

    /** A file with a tensor 'a' that has these fields. */
    static byte[] one(String fields, int dataBytes) {
        return RawFile.bytes("{\"a\":{" + fields + "}}", dataBytes);
    }

    static List<Header.Entry> read(byte[] file) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(file.length).copyFrom(MemorySegment.ofArray(file));
            return HeaderParser.parse(FILE, bytes).entries();
        }
    }

    static List<String> names(List<Header.Entry> entries) {
        return entries.stream().map(entry -> entry.info().name()).toList();
    }

    static String nameOfOnly(byte[] file) throws IOException {
        List<Header.Entry> entries = read(file);
        assertEquals(1, entries.size());
        return entries.getFirst().info().name();
    }

    static MalformedCheckpointException refuses(byte[] file, String... expectedParts) {
        MalformedCheckpointException e = assertThrows(MalformedCheckpointException.class, () -> read(file));
        for (String part : expectedParts) {
            assertTrue(e.getMessage().contains(part), () -> "no \"" + part + "\" in: " + e.getMessage());
        }
        assertTrue(e.getMessage().startsWith(FILE + ": "), e.getMessage());
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        return e;
    }
}
