package org.weir.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Safetensors files put together by hand, right or wrong, without any code of the product. */
final class RawFile {
    private RawFile() {}

    /** Length word, text, and that many zero bytes of data. */
    static byte[] bytes(String header, int dataBytes) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return bytes(text.length, text, new byte[dataBytes]);
    }

    static byte[] bytes(long lengthWord, byte[] text, byte[] data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < 8; i++) {
            out.write((int) (lengthWord >>> (8 * i)));
        }
        out.writeBytes(text);
        out.writeBytes(data);
        return out.toByteArray();
    }

    /** One tensor U8 [n] whose bytes are given. */
    static byte[] oneTensor(String name, byte... data) {
        byte[] text = "{\"%s\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
                .formatted(name, data.length, data.length)
                .getBytes(StandardCharsets.UTF_8);
        return bytes(text.length, text, data);
    }

    static Path write(Path file, byte[] content) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.write(file, content);
    }
}
