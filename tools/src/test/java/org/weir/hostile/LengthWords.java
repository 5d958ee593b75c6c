package org.weir.hostile;

import static org.weir.hostile.HostileFile.accepted;
import static org.weir.hostile.HostileFile.file;
import static org.weir.hostile.HostileFile.raw;
import static org.weir.hostile.HostileFile.refused;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Rules 1 to 3: the first eight bytes, and whether there are as many as they say. And files that are something else. */
final class LengthWords {
    private static final byte[] EMPTY = "{}".getBytes(StandardCharsets.UTF_8);
    private static final byte[] NOTHING = {};

    private LengthWords() {}

    static List<HostileFile> all() {
        List<HostileFile> files = new ArrayList<>();
        for (int size = 0; size < 8; size++) {
            files.add(refused("file-of-" + size + "-bytes", new byte[size], "at least 8"));
        }
        files.add(refused("word-0", raw(0, NOTHING, 0), "end of the text"));
        files.add(refused("word-0-with-data", raw(0, EMPTY, 0), "end of the text"));
        files.add(refused("word-1-nothing-there", raw(1, NOTHING, 0), "header of 1 bytes"));
        files.add(refused("word-1-half-a-header", raw(1, EMPTY, 0), "end"));
        files.add(accepted("word-2", raw(2, EMPTY, 0), 0));
        files.add(refused("word-one-too-large", raw(3, EMPTY, 0), "header of 3 bytes"));
        files.add(refused("word-counts-itself", raw(10, EMPTY, 0), "header of 10 bytes"));
        files.add(refused("word-one-too-small", raw(1, EMPTY, 1), "end"));
        files.add(refused("word-takes-a-byte-of-data", raw(5, "{}  ".getBytes(StandardCharsets.UTF_8), 4), "JSON"));
        long[] absurd = {
            100_000_000,
            100_000_001,
            Integer.MAX_VALUE,
            1L << 31,
            (1L << 32) - 1,
            1L << 32,
            (1L << 32) + 2,
            (1L << 40) + 2,
            Long.MAX_VALUE - 8,
            Long.MAX_VALUE,
            Long.MIN_VALUE,
            Long.MIN_VALUE + 2,
            -8,
            -6,
            -2,
            -1
        };
        for (long word : absurd) {
            String said = "header of " + Long.toUnsignedString(word) + " bytes";
            files.add(refused("word-" + Long.toUnsignedString(word), raw(word, EMPTY, 0), said));
        }
        files.add(refused("word-big-endian", raw(2L << 56, EMPTY, 0), "header of"));
        others().forEach((name, bytes) -> files.add(refused("not-safetensors-" + name, bytes, "expected")));
        files.add(refused("git-lfs-pointer", lfs(), "git-lfs", "git lfs pull"));
        files.add(refused("zeros", new byte[4096], "end of the text"));
        byte[] twice = new byte[20];
        System.arraycopy(file(EMPTY, 0), 0, twice, 0, 10);
        System.arraycopy(file(EMPTY, 0), 0, twice, 10, 10);
        files.add(refused("two-files-in-one", twice, "after the last tensor"));
        return files;
    }

    private static byte[] lfs() {
        return "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 988097824\n"
                .getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, byte[]> others() {
        Map<String, String> starts = new TreeMap<>();
        starts.put("zip", "PK\u0003\u0004\u0014\0\0\0\b\0data.pkl");
        starts.put("gguf", "GGUF\u0003\0\0\0\0\0\0\0");
        starts.put("html", "<!DOCTYPE html><html>Not Found</html>");
        starts.put("json", "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}");
        starts.put("elf", "\u007fELF\u0002\u0001\u0001\0\0\0\0\0\0\0\0\0");
        starts.put("numpy", "\u0093NUMPY\u0001\0v\0{'descr': '<f4'}");
        starts.put("hdf5", "\u0089HDF\r\n\u001a\n\0\0\0\0\0\b\b\0");
        starts.put("pickle", "\u0080\u0002ccollections\nOrderedDict\n");
        starts.put("gzip", "\u001f\u008b\b\0\0\0\0\0\0\u0003");
        starts.put("text", "This file was removed on request of its owner.\n");
        Map<String, byte[]> files = new TreeMap<>();
        starts.forEach((name, text) -> files.put(name, text.getBytes(StandardCharsets.ISO_8859_1)));
        return files;
    }
}
