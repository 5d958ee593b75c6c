package org.weir.hostile;

import static org.weir.hostile.HostileFile.accepted;
import static org.weir.hostile.HostileFile.entry;
import static org.weir.hostile.HostileFile.refused;
import static org.weir.hostile.HostileFile.stricter;
import static org.weir.hostile.HostileFile.tensor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rule 5, second half: what a tensor's entry is made of. And the types that there are. */
final class Entries {
    private static final String DTYPE = "\"dtype\":\"U8\"";
    private static final String SHAPE = "\"shape\":[4]";
    private static final String OFFSETS = "\"data_offsets\":[0,4]";
    private static final String ALL = DTYPE + "," + SHAPE + "," + OFFSETS;

    private Entries() {}

    static List<HostileFile> all() {
        List<HostileFile> files = new ArrayList<>();
        fields(files);
        shapes(files);
        offsets(files);
        unknownFields(files);
        dtypes(files);
        return files;
    }

    private static void fields(List<HostileFile> files) {
        files.add(refused("entry-empty", entry("{}", 4), "tensor 'a'", "dtype"));
        files.add(
                refused("entry-without-dtype", entry("{" + SHAPE + "," + OFFSETS + "}", 4), "tensor 'a'", "no dtype"));
        files.add(
                refused("entry-without-shape", entry("{" + DTYPE + "," + OFFSETS + "}", 4), "tensor 'a'", "no shape"));
        files.add(
                refused("entry-without-offsets", entry("{" + DTYPE + "," + SHAPE + "}", 4), "'a'", "no data_offsets"));
        for (String field : List.of(DTYPE, SHAPE, OFFSETS)) {
            String name = field.substring(1, field.indexOf(':') - 1);
            byte[] twice = entry("{" + ALL + "," + field + "}", 4);
            files.add(refused("entry-with-two-" + name, twice, "tensor 'a'", "second '" + name + "'"));
            String capital = field.replace("\"" + name, "\"" + name.toUpperCase(java.util.Locale.ROOT));
            byte[] wrongCase = entry("{" + ALL.replace(field, capital) + "}", 4);
            files.add(refused("entry-with-capital-" + name, wrongCase, "tensor 'a'", "no " + name));
        }
        files.add(accepted("entry-in-another-order", entry("{" + OFFSETS + "," + SHAPE + "," + DTYPE + "}", 4), 1));
        files.add(accepted("entry-with-escaped-field", entry("{" + ALL.replace("dtype", "\\u0064type") + "}", 4), 1));
        for (String other :
                List.of("null", "[]", "\"U8\"", "0", "true", "[\"U8\",[4]]", "[[0,4]]", "[\"U8\",[4],[0,4],0]")) {
            files.add(
                    refused("entry-that-is-none-" + files.size(), entry(other, 4), "tensor 'a'", "expected an object"));
        }
        files.add(stricter("entry-by-position", entry("[\"U8\",[4],[0,4]]", 4), "tensor 'a'", "expected an object"));
    }

    private static void shapes(List<HostileFile> files) {
        String[] bad = {
            "null",
            "4",
            "\"[4]\"",
            "{}",
            "{\"0\":4}",
            "true",
            "[4.0]",
            "[4e0]",
            "[4E0]",
            "[40e-1]",
            "[\"4\"]",
            "[true]",
            "[null]",
            "[-1]",
            "[-4]",
            "[-0]",
            "[[4]]",
            "[{}]",
            "[1,4.0]",
            "[18446744073709551616]",
            "[100000000000000000000000000000000000000]",
            "[1e400]"
        };
        for (int i = 0; i < bad.length; i++) {
            files.add(refused("shape-bad-" + i, entry(tensor("U8", bad[i], "[0,4]"), 4), "tensor 'a'"));
        }
        for (String good : List.of("[4]", "[2,2]", "[1,1,4,1]", "[ 4 ]", "[4" + ",1".repeat(63) + "]")) {
            files.add(accepted("shape-" + files.size(), entry(tensor("U8", good, "[0,4]"), 4), 1));
        }
        files.add(accepted("shape-of-a-scalar", entry(tensor("F32", "[]", "[0,4]"), 4), 1));
        files.add(stricter("shape-of-65", entry(tensor("U8", "[4" + ",1".repeat(64) + "]", "[0,4]"), 4), "'a'", "64"));
        byte[] many = entry(tensor("U8", "[4" + ",1".repeat(100_000) + "]", "[0,4]"), 4);
        files.add(stricter("shape-of-100001", many, "tensor 'a'", "64"));
        byte[] huge = entry(tensor("U8", "[0,18446744073709551615]", "[0,0]"), 0);
        files.add(stricter("shape-of-2^64-1", huge, "tensor 'a'", "2^63"));
        byte[] beyond = entry(tensor("U8", "[0,9223372036854775808,4]", "[0,0]"), 0);
        files.add(stricter("shape-of-2^63", beyond, "tensor 'a'", "2^63"));
    }

    private static void offsets(List<HostileFile> files) {
        String[] bad = {
            "null",
            "0",
            "\"[0,4]\"",
            "{}",
            "[]",
            "[0]",
            "[4]",
            "[0,4,4]",
            "[0,0,4]",
            "[0,4.0]",
            "[0,4e0]",
            "[0,\"4\"]",
            "[0,true]",
            "[0,null]",
            "[-0,4]",
            "[-1,3]",
            "[0,-4]",
            "[[0,4]]",
            "[0,18446744073709551616]",
            "[0,1e400]"
        };
        for (int i = 0; i < bad.length; i++) {
            files.add(refused("offsets-bad-" + i, entry(tensor("U8", "[4]", bad[i]), 4), "tensor 'a'"));
        }
    }

    private static void unknownFields(List<HostileFile> files) {
        String[] good = {
            "null",
            "true",
            "\"x\"",
            "-0",
            "1e308",
            "-1.5e-300",
            "1e-400",
            "[]",
            "{}",
            "[{\"a\":[1,{}]}]",
            "{\"k\":1,\"k\":2}",
            "12345678901234567890123",
            "\"\\ud83d\\ude00\""
        };
        for (int i = 0; i < good.length; i++) {
            files.add(accepted("unknown-field-" + i, entry("{\"x\":" + good[i] + "," + ALL + "}", 4), 1));
        }
        files.add(accepted("unknown-field-twice", entry("{\"x\":1,\"x\":2," + ALL + "}", 4), 1));
        for (String bad :
                List.of("1e309", "-1e309", "[1e999999999]", "{\"k\":1e400}", "1" + "0".repeat(400), "01", "tru", "-")) {
            byte[] file = entry("{\"x\":" + bad + "," + ALL + "}", 4);
            files.add(refused("unknown-field-bad-" + files.size(), file, "tensor 'a'"));
        }
    }

    private static void dtypes(List<HostileFile> files) {
        bits().forEach((name, bits) -> {
            int bytes = bits; // eight elements
            byte[] file = entry(tensor(name, "[8]", "[0," + bytes + "]"), bytes);
            files.add(accepted("dtype-" + name, file, 1));
            byte[] tooShort = entry(tensor(name, "[8]", "[0," + (bytes - 1) + "]"), bytes - 1);
            files.add(refused("dtype-" + name + "-one-byte-short", tooShort, "tensor 'a'", "data_offsets"));
        });
        for (String narrow :
                List.of("F4 [1]", "F4 [3]", "F4 [3,1]", "F6_E2M3 [1]", "F6_E2M3 [2]", "F6_E3M2 [3]", "F6_E3M2 []")) {
            String[] parts = narrow.split(" ");
            byte[] file = entry(tensor(parts[0], parts[1], "[0,1]"), 1);
            files.add(refused("dtype-not-whole-bytes-" + files.size(), file, "tensor 'a'", "whole bytes"));
        }
        String[] bad = {
            "",
            " ",
            "u8",
            "U8 ",
            " U8",
            "U8\\u0000",
            "F8",
            "F128",
            "F8_E4M3FN",
            "F4_E2M1",
            "I4",
            "INT8",
            "float32",
            "torch.float32",
            "BF16BF16",
            "f32",
            "bf16",
            "BOOLEAN",
            "C128",
            "F6",
            "F32\\n",
            "Ｆ32"
        };
        for (String name : bad) {
            files.add(refused("dtype-bad-" + files.size(), entry(tensor(name, "[4]", "[0,4]"), 4), "'a'", "dtype"));
        }
        for (String other : List.of("null", "0", "[\"U8\"]", "true", "{}", "{\"U8\":1}", "{\"U8\":null,\"I8\":null}")) {
            String fields = "{\"dtype\":" + other + "," + SHAPE + "," + OFFSETS + "}";
            files.add(refused("dtype-not-a-string-" + files.size(), entry(fields, 4), "tensor 'a'", "dtype"));
        }
        String asObject = "{\"dtype\":{\"U8\":null}," + SHAPE + "," + OFFSETS + "}";
        files.add(stricter("dtype-as-an-object", entry(asObject, 4), "tensor 'a'", "dtype"));
        files.add(accepted("dtype-with-escapes", entry(tensor("\\u00558", "[4]", "[0,4]"), 4), 1));
    }

    /** The table of the format. */
    static Map<String, Integer> bits() {
        Map<String, Integer> bits = new LinkedHashMap<>();
        bits.put("F4", 4);
        bits.put("F6_E2M3", 6);
        bits.put("F6_E3M2", 6);
        for (String name : List.of("BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ")) {
            bits.put(name, 8);
        }
        List.of("I16", "U16", "F16", "BF16").forEach(name -> bits.put(name, 16));
        List.of("I32", "U32", "F32").forEach(name -> bits.put(name, 32));
        List.of("C64", "F64", "I64", "U64").forEach(name -> bits.put(name, 64));
        return bits;
    }
}
