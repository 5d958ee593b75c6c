package org.weir.hostile;

import static org.weir.hostile.HostileFile.accepted;
import static org.weir.hostile.HostileFile.entry;
import static org.weir.hostile.HostileFile.file;
import static org.weir.hostile.HostileFile.refused;
import static org.weir.hostile.HostileFile.tensor;
import static org.weir.hostile.HostileFile.u8;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rules 6 to 10: the tensors lie end to end, each as long as its shape says, and fill the file. */
final class Places {
    private Places() {}

    static List<HostileFile> all() {
        List<HostileFile> files = new ArrayList<>();
        holes(files);
        ranges(files);
        empties(files);
        overflows(files);
        many(files);
        return files;
    }

    private static byte[] two(String a, String b, int dataBytes) {
        return file("{\"a\":" + a + ",\"b\":" + b + "}", dataBytes);
    }

    private static void holes(List<HostileFile> files) {
        files.add(accepted("places-in-order", two(u8(0, 4), u8(4, 8), 8), 2));
        files.add(accepted("places-in-reverse", two(u8(4, 8), u8(0, 4), 8), 2));
        files.add(accepted("places-at-odd-bytes", two(u8(0, 3), tensor("F64", "[2]", "[3,19]"), 19), 2));
        files.add(refused("hole-at-the-start", entry(u8(1, 5), 5), "tensor 'a'", "begin at 0"));
        files.add(refused("hole-in-the-middle", two(u8(0, 4), u8(5, 9), 9), "tensor 'b'", "begin at 4"));
        files.add(refused("hole-in-the-middle-of-2^40", two(u8(0, 4), u8(1L << 40, (1L << 40) + 4), 8), "tensor 'b'"));
        files.add(refused("overlap-by-one", two(u8(0, 4), u8(3, 7), 7), "tensor 'b'", "begin at 4"));
        files.add(refused("overlap-one-inside-another", two(u8(0, 8), u8(2, 4), 8), "tensor 'b'", "begin at 8"));
        files.add(refused("overlap-same-bytes", two(u8(0, 4), u8(0, 4), 4), "begin at 4"));
        files.add(refused("overlap-same-start", two(u8(0, 4), u8(0, 8), 8), "tensor 'b'", "begin at 4"));
        files.add(refused("trailing-byte", entry(u8(0, 4), 5), "1 bytes after the last tensor"));
        files.add(refused("trailing-kilobyte", entry(u8(0, 4), 1028), "1024 bytes after the last tensor"));
        files.add(refused("missing-byte", entry(u8(0, 4), 3), "tensor 'a'", "3 bytes of data"));
        files.add(refused("missing-all", entry(u8(0, 4), 0), "tensor 'a'", "0 bytes of data"));
        files.add(refused("missing-second", two(u8(0, 4), u8(4, 8), 4), "tensor 'b'", "4 bytes of data"));
    }

    private static void ranges(List<HostileFile> files) {
        String[] wrong = {
            "[4,0]",
            "[0,3]",
            "[0,5]",
            "[0,0]",
            "[1,4]",
            "[4,4]",
            "[4,8]",
            "[0,9223372036854775807]",
            "[9223372036854775803,9223372036854775807]",
            "[9223372036854775807,9223372036854775807]",
            "[0,9223372036854775808]",
            "[0,18446744073709551615]",
            "[18446744073709551612,18446744073709551615]",
            "[18446744073709551615,3]",
            "[0,4294967300]",
            "[4294967296,4294967300]"
        };
        for (String range : wrong) {
            files.add(refused("range-" + range, entry(tensor("U8", "[4]", range), 4), "tensor 'a'"));
        }
        files.add(
                refused("range-for-another-type", entry(tensor("F32", "[4]", "[0,4]"), 4), "'a'", "16 bytes for F32"));
        files.add(refused("range-for-a-scalar", entry(tensor("F32", "[]", "[0,0]"), 0), "tensor 'a'", "4 bytes"));
        files.add(refused(
                "range-backwards-behind-another", two(u8(0, 4), tensor("U8", "[4]", "[4,0]"), 8), "tensor 'b'"));
        files.add(refused("range-backwards-first", two(tensor("U8", "[4]", "[4,0]"), u8(0, 4), 8), "tensor 'a'"));
        byte[] backToTheEnd = two(u8(0, 8), tensor("U8", "[4]", "[8,4]"), 4);
        files.add(refused("range-backwards-to-the-end", backToTheEnd, "expected"));
    }

    private static void empties(List<HostileFile> files) {
        String none = "[0]";
        files.add(accepted("empty-alone", entry(tensor("F32", none, "[0,0]"), 0), 1));
        files.add(accepted("empty-before", two(tensor("U8", none, "[0,0]"), u8(0, 4), 4), 2));
        files.add(accepted("empty-after", two(u8(0, 4), tensor("U8", none, "[4,4]"), 4), 2));
        files.add(accepted("empty-twice", two(tensor("U8", none, "[0,0]"), tensor("U8", none, "[0,0]"), 0), 2));
        files.add(accepted("empty-of-many", entry(tensor("F64", "[3,0,5]", "[0,0]"), 0), 1));
        files.add(refused("empty-inside-another", two(u8(0, 8), tensor("U8", none, "[4,4]"), 8), "tensor 'b'"));
        files.add(refused("empty-at-0-after-another", two(u8(0, 4), tensor("U8", none, "[5,5]"), 4), "tensor 'b'"));
        files.add(refused("empty-beyond-the-end", entry(tensor("U8", none, "[4,4]"), 0), "tensor 'a'"));
        files.add(refused("empty-that-has-bytes", entry(tensor("U8", none, "[0,4]"), 4), "tensor 'a'"));
        files.add(refused("not-empty-without-bytes", entry(tensor("U8", "[1]", "[0,0]"), 0), "tensor 'a'"));
    }

    /** Products that become small, or nothing, in 32 or 64 bits. */
    private static void overflows(List<HostileFile> files) {
        String[] wrapping = {
            "U8 [4611686018427387905,4]", // 2^64 + 4
            "U8 [4294967296,4294967296]", // 2^64
            "U8 [9223372036854775807,2]",
            "U8 [2147483648,2147483648,4]",
            "U8 [65536,65536,65536,65536]",
            "U8 [2305843009213693952]", // 2^64 bits
            "U8 [4611686018427387904]",
            "F64 [288230376151711744]",
            "F64 [1152921504606846976]",
            "F32 [1073741824,1073741824]",
            "F4 [4611686018427387904]",
            "BF16 [4294967296,268435456]",
            "U8 [4294967300]",
            "U8 [2147483652]",
            "F32 [1073741825]"
        };
        for (String info : wrapping) {
            String[] parts = info.split(" ");
            byte[] file = entry(tensor(parts[0], parts[1], "[0,4]"), 4);
            files.add(refused("overflow-" + info.replace(' ', '-'), file, "tensor 'a'"));
            byte[] empty = entry(tensor(parts[0], parts[1], "[0,0]"), 0);
            files.add(refused("overflow-to-nothing-" + info.replace(' ', '-'), empty, "tensor 'a'"));
        }
        byte[] early = entry(tensor("U8", "[0,4294967296,4294967296]", "[0,0]"), 0);
        files.add(accepted("overflow-saved-by-a-0-before", early, 1));
        byte[] late = entry(tensor("U8", "[4294967296,4294967296,0]", "[0,0]"), 0);
        files.add(refused("overflow-not-saved-by-a-0-after", late, "tensor 'a'", "overflow"));
    }

    private static void many(List<HostileFile> files) {
        String good = IntStream.range(0, 10_000)
                .mapToObj(i -> "\"t" + i + "\":" + u8(i, i + 1))
                .collect(Collectors.joining(",", "{", "}"));
        files.add(accepted("ten-thousand-tensors", file(good, 10_000), 10_000));
        files.add(refused(
                "ten-thousand-tensors-and-a-hole", file(good.replace(u8(5000, 5001), u8(0, 1)), 10_000), "begin at"));
        String shared = IntStream.range(0, 100_000)
                .mapToObj(i -> "\"t" + i + "\":" + u8(0, 4))
                .collect(Collectors.joining(",", "{", "}"));
        files.add(refused("a-hundred-thousand-tensors-on-the-same-bytes", file(shared, 4), "begin at 4"));
    }
}
