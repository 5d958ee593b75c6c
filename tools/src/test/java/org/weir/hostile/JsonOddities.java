package org.weir.hostile;

import static org.weir.hostile.HostileFile.accepted;
import static org.weir.hostile.HostileFile.file;
import static org.weir.hostile.HostileFile.refused;
import static org.weir.hostile.HostileFile.stricter;
import static org.weir.hostile.HostileFile.text;
import static org.weir.hostile.HostileFile.u8;

import java.util.ArrayList;
import java.util.List;

/** Rule 5, first half: one JSON object and nothing else, its strings and metadata. */
final class JsonOddities {
    private static final String A = "\"a\":" + u8(0, 4);
    private static final String GOOD = "{" + A + "}";

    private JsonOddities() {}

    static List<HostileFile> all() {
        List<HostileFile> files = new ArrayList<>();
        around(files);
        syntax(files);
        strings(files);
        metadata(files);
        depth(files);
        return files;
    }

    private static void around(List<HostileFile> files) {
        String[] space = {" ", "\t", "\n", "\r", "   \r\n\t "};
        for (int i = 0; i < space.length; i++) {
            files.add(accepted("space-before-" + i, text(space[i] + GOOD), 1));
            files.add(accepted("space-after-" + i, text(GOOD + space[i]), 1));
        }
        files.add(accepted("space-everywhere", text(GOOD.replace(":", " :\n").replace(",", "\t,\r ")), 1));
        String[] rubbish = {
            "\0", "\f", "\u000b", "\u00a0", "\u2028", "\ufeff", "{}", ",", "]", "}", "x", "0", "null", "\"\"", "//",
            "/**/"
        };
        for (int i = 0; i < rubbish.length; i++) {
            files.add(refused("rubbish-after-" + i, text(GOOD + rubbish[i]), "expected"));
            files.add(refused("rubbish-before-" + i, text(rubbish[i] + GOOD), "expected"));
        }
        for (String other : List.of("[]", "null", "true", "1", "\"a\"", "[" + GOOD + "]", "NaN", "", " ")) {
            files.add(refused("not-an-object-" + files.size(), file(other, 0), "expected"));
        }
        files.add(accepted("no-tensors", file("{}", 0), 0));
        files.add(refused("no-tensors-but-data", file("{}", 1), "after the last tensor"));
    }

    private static void syntax(List<HostileFile> files) {
        String[] broken = {
            "{'a':" + u8(0, 4) + "}",
            "{a:" + u8(0, 4) + "}",
            "{" + A + ",}",
            "{," + A + "}",
            "{" + A + ",,\"b\":" + u8(4, 4) + "}",
            "{" + A + " \"b\":" + u8(4, 4) + "}",
            "{\"a\" " + u8(0, 4) + "}",
            "{\"a\":}",
            "{\"a\"}",
            "{" + A,
            "{" + A + "]",
            "{\"a\":{\"dtype\":\"U8\"",
            "{\"a",
            "{\"",
            "{",
            "}",
            "{" + A + "/* */}",
            "{" + A + "// \n}",
            "{1:" + u8(0, 4) + "}",
            "{null:" + u8(0, 4) + "}",
            GOOD.replace("\"U8\"", "U8"),
            GOOD.replace("[4]", "[4,]"),
            GOOD.replace("[4]", "[,4]"),
            GOOD.replace("[4]", "[04]"),
            GOOD.replace("[4]", "[+4]"),
            GOOD.replace("[4]", "[0x4]"),
            GOOD.replace("[4]", "[4.]"),
            GOOD.replace("[4]", "[4_0]"),
            GOOD.replace("[4]", "[.4]"),
            GOOD.replace("[4]", "[4e]"),
            GOOD.replace("[4]", "[-]"),
            GOOD.replace("[4]", "[NaN]"),
            GOOD.replace("[4]", "[Infinity]"),
            GOOD.replace("[4]", "[nul]")
        };
        for (int i = 0; i < broken.length; i++) {
            files.add(refused("syntax-" + i, text(broken[i]), "expected"));
        }
    }

    private static void strings(List<HostileFile> files) {
        String[] broken = {
            "\\x41",
            "\\'",
            "\\u12",
            "\\u12g4",
            "\\U0041",
            "\\",
            "\n",
            "\t",
            "\0",
            "\u001f",
            "\\ud800",
            "\\udc00",
            "\\ud800\\ud800",
            "\\udc00\\ud800",
            "\\ud83dx",
            "\\ud83d\\n",
            "\\uD83D\\u0041"
        };
        for (int i = 0; i < broken.length; i++) {
            files.add(refused("string-in-name-" + i, text("{\"a" + broken[i] + "\":" + u8(0, 4) + "}"), "expected"));
            String metadata = "{\"__metadata__\":{\"k\":\"" + broken[i] + "\"}," + A + "}";
            files.add(refused("string-in-metadata-" + i, text(metadata), "expected"));
        }
        for (String lone : List.of("\\ud800", "\\udc00x")) {
            String ignored = GOOD.replace("{\"dtype\"", "{\"x\":\"" + lone + "\",\"dtype\"");
            files.add(refused("lone-surrogate-ignored-" + files.size(), text(ignored), "tensor 'a'", "surrogate"));
        }
        String[] good = {
            "",
            " ",
            "\\u0061\\u0062",
            "\\u0000",
            "\\n",
            "\\u001b[31m",
            "\\ud83d\\ude00",
            "\u202egnp",
            "..",
            "/etc/passwd",
            "a/../b",
            "\\\"",
            "\\\\",
            "\\/",
            "__METADATA__",
            "__metadata__ ",
            "%s%n",
            "名前"
        };
        for (int i = 0; i < good.length; i++) {
            files.add(accepted("name-" + i, text("{\"" + good[i] + "\":" + u8(0, 4) + "}"), 1));
        }
        files.add(accepted("name-of-60000", text("{\"" + "n".repeat(60_000) + "\":" + u8(0, 4) + "}"), 1));
        String endless = "{\"" + "n".repeat((1 << 20) + 1) + "\":" + u8(0, 4) + "}";
        files.add(stricter("name-of-more-than-a-million", text(endless), "expected"));
        String composed = "{\"\u00e9\":" + u8(0, 4) + ",\"e\u0301\":" + u8(4, 8) + "}";
        files.add(accepted("names-that-only-look-alike", file(composed, 8), 2));
        files.add(accepted("names-that-differ-in-case", file("{" + A + ",\"A\":" + u8(4, 8) + "}", 8), 2));
        String twice = "{\"a\":" + u8(0, 4) + ",\"a\":" + u8(0, 4) + "}";
        files.add(stricter("name-twice", text(twice), "second 'a'"));
        files.add(stricter("name-twice-by-an-escape", text(twice.replaceFirst("a", "\\\\u0061")), "second 'a'"));
    }

    private static void metadata(List<HostileFile> files) {
        String[] good = {
            "null", "{}", "{\"format\":\"pt\"}", "{\"\":\"\"}", "{\"k\":\"v\",\"k\":\"w\"}", "{\"a\":\"\\u0000\"}"
        };
        for (int i = 0; i < good.length; i++) {
            files.add(accepted("metadata-" + i, text("{\"__metadata__\":" + good[i] + "," + A + "}"), 1));
        }
        files.add(accepted("metadata-last", text("{" + A + ",\"__metadata__\":{\"x\":\"y\"}}"), 1));
        files.add(accepted("metadata-only", file("{\"__metadata__\":{\"x\":\"y\"}}", 0), 0));
        String[] bad = {
            "[]",
            "\"pt\"",
            "1",
            "true",
            "{\"k\":1}",
            "{\"k\":null}",
            "{\"k\":{}}",
            "{\"k\":[\"v\"]}",
            "{\"k\":true}",
            u8(0, 4)
        };
        for (int i = 0; i < bad.length; i++) {
            files.add(
                    refused("metadata-bad-" + i, text("{\"__metadata__\":" + bad[i] + "," + A + "}"), "__metadata__"));
        }
        String second = "{\"__metadata__\":{}," + A + ",\"%s\":{}}";
        files.add(refused("metadata-twice", text(second.formatted("__metadata__")), "second '__metadata__'"));
        String escaped = second.formatted("\\u005f_metadata__");
        files.add(refused("metadata-twice-by-an-escape", text(escaped), "second '__metadata__'"));
    }

    private static void depth(List<HostileFile> files) {
        files.add(accepted("depth-100", text(nested(100)), 1));
        for (int depth : new int[] {200, 5_000, 1_000_000}) {
            files.add(refused("depth-" + depth, text(nested(depth)), "tensor 'a'"));
            files.add(refused("depth-open-" + depth, text("[".repeat(depth)), "expected"));
        }
        files.add(refused("depth-of-objects", text("{\"a\":".repeat(100_000)), "tensor 'a'"));
    }

    private static String nested(int depth) {
        String value = "[".repeat(depth) + "]".repeat(depth);
        return GOOD.replace("{\"dtype\"", "{\"x\":" + value + ",\"dtype\"");
    }
}
