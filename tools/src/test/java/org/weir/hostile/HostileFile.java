package org.weir.hostile;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A safetensors file, put together by hand, and what has to be said to it by the rules of the format.
 *
 * @param words what a refusal must name: the tensor if it is about one, and what is wrong
 */
record HostileFile(String name, byte[] bytes, Verdict verdict, int tensors, List<String> words) {

    enum Verdict {
        /** The reference takes it, and so does Weir. */
        ACCEPTED,
        /** It breaks a rule of the format. */
        REFUSED,
        /** The reference takes it; Weir does not, on purpose: see the list in CONTRIBUTING.md. */
        REFUSED_UNLIKE_THE_REFERENCE
    }

    private static final int WORD_BYTES = 8;

    static HostileFile accepted(String name, byte[] bytes, int tensors) {
        return new HostileFile(name, bytes, Verdict.ACCEPTED, tensors, List.of());
    }

    static HostileFile refused(String name, byte[] bytes, String... words) {
        return new HostileFile(name, bytes, Verdict.REFUSED, 0, List.of(words));
    }

    static HostileFile stricter(String name, byte[] bytes, String... words) {
        return new HostileFile(name, bytes, Verdict.REFUSED_UNLIKE_THE_REFERENCE, 0, List.of(words));
    }

    /** Length word, header, and that many bytes of data. */
    static byte[] file(String header, int dataBytes) {
        return file(header.getBytes(StandardCharsets.UTF_8), dataBytes);
    }

    static byte[] file(byte[] header, int dataBytes) {
        return raw(header.length, header, dataBytes);
    }

    /** The same with a length word that may lie. */
    static byte[] raw(long lengthWord, byte[] header, int dataBytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < WORD_BYTES; i++) {
            out.write((int) (lengthWord >>> (8 * i)));
        }
        out.writeBytes(header);
        out.writeBytes(new byte[dataBytes]);
        return out.toByteArray();
    }

    /** A file with a tensor 'a' of four bytes, in which the header text is what is wrong. */
    static byte[] text(String header) {
        return file(header, 4);
    }

    /** A file whose tensor 'a' is this JSON. */
    static byte[] entry(String json, int dataBytes) {
        return file("{\"a\":" + json + "}", dataBytes);
    }

    /** A good entry of bytes. */
    static String u8(long begin, long end) {
        return tensor("U8", "[" + (end - begin) + "]", "[" + begin + "," + end + "]");
    }

    static String tensor(String dtype, String shape, String offsets) {
        return "{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}";
    }

    @Override
    public String toString() {
        return name;
    }
}
