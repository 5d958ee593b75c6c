package org.weir.hostile;

import static org.weir.hostile.HostileFile.accepted;
import static org.weir.hostile.HostileFile.file;
import static org.weir.hostile.HostileFile.refused;
import static org.weir.hostile.HostileFile.u8;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Rule 4: the header is UTF-8, to the letter, wherever in it a byte stands. */
final class Encodings {
    private static final String HEADER = "{\"a\":" + u8(0, 4) + "}";

    /** Each is one way of writing what UTF-8 does not allow. */
    private static final String[] BROKEN = {
        "80", // nothing to continue
        "bf",
        "c0af", // '/' in two bytes
        "c080", // NUL in two
        "c1bf",
        "e080af", // '/' in three
        "e09fbf",
        "f08080af", // '/' in four
        "f08fbfbf",
        "f8808080af", // five and six bytes, long abolished
        "fc80808080af",
        "eda080", // half a surrogate pair
        "edbfbf",
        "eda0bdedb880", // a pair, as CESU-8 has it
        "f4908080", // above U+10FFFF
        "f5808080",
        "c3", // cut short
        "c328",
        "e282",
        "e28228",
        "f09f98",
        "f09f9828",
        "fe",
        "ff",
        "e9" // Latin-1
    };

    private Encodings() {}

    static List<HostileFile> all() {
        List<HostileFile> files = new ArrayList<>();
        for (String hex : BROKEN) {
            files.add(refused("utf8-" + hex + "-in-name", inName(hex), "UTF-8"));
        }
        for (String hex : List.of("ff", "c080", "eda080")) {
            byte[] inMetadata = around("{\"__metadata__\":{\"k\":\"", hex, "\"},\"a\":" + u8(0, 4) + "}");
            files.add(refused("utf8-" + hex + "-in-metadata", inMetadata, "UTF-8"));
            String open = "{\"a\":{\"x\":\"";
            files.add(refused("utf8-" + hex + "-in-unknown-field", around(open, hex, "\"," + rest()), "UTF-8"));
            files.add(refused("utf8-" + hex + "-after-the-end", around(HEADER, hex, ""), "UTF-8"));
        }
        for (String name : List.of("UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32LE", "UTF-32BE")) {
            files.add(refused("encoded-as-" + name, file(HEADER.getBytes(Charset.forName(name)), 4), "expected"));
        }
        files.add(refused("byte-order-mark", file("\ufeff" + HEADER, 4), "JSON"));
        files.add(refused("cut-in-a-character", file(HexFormat.of().parseHex("7b2261e2"), 0), "UTF-8"));
        int[] good = {0x7f, 0x80, 0x7ff, 0x800, 0xfdd0, 0xffff, 0xfeff, 0x2028, 0x10000, 0x1f600, 0x10fffd, 0x10ffff};
        for (int codePoint : good) {
            String name = Character.toString(codePoint);
            files.add(accepted("utf8-u+%04x".formatted(codePoint), file("{\"" + name + "\":" + u8(0, 4) + "}", 4), 1));
        }
        return files;
    }

    private static String rest() {
        return u8(0, 4).substring(1) + "}";
    }

    private static byte[] inName(String hex) {
        return around("{\"a", hex, "\":" + u8(0, 4) + "}");
    }

    private static byte[] around(String before, String hex, String after) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(before.getBytes(StandardCharsets.UTF_8));
        out.writeBytes(HexFormat.of().parseHex(hex));
        out.writeBytes(after.getBytes(StandardCharsets.UTF_8));
        return file(out.toByteArray(), 4);
    }
}
