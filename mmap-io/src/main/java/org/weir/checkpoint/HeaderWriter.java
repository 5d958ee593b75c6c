package org.weir.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Writes the head of a safetensors file, byte for byte as the reference implementation does. */
final class HeaderWriter {
    /** The data begins at a multiple of this. */
    private static final int ALIGNMENT = 8;

    /** The widest types first, then by name. */
    static final Comparator<TensorInfo> CANONICAL_ORDER =
            Comparator.comparing(TensorInfo::dtype).reversed().thenComparing(TensorInfo::name, Utf8.ORDER);

    private HeaderWriter() {}

    /**
     * Length word and text.
     *
     * @param tensors in the order of their data, which starts right behind the header and has no holes
     * @throws IllegalArgumentException if the text would be longer than a reader accepts
     */
    static byte[] header(List<TensorInfo> tensors) {
        StringBuilder json = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
        long beginBytes = 0;
        for (TensorInfo tensor : tensors) {
            long endBytes = Math.addExact(beginBytes, tensor.bytes());
            json.append(',');
            JsonString.append(json, tensor.name());
            json.append(":{\"dtype\":\"").append(tensor.dtype()).append("\",\"shape\":[");
            json.append(tensor.shape().dims().stream().map(String::valueOf).collect(Collectors.joining(",")));
            json.append("],\"data_offsets\":[")
                    .append(beginBytes)
                    .append(',')
                    .append(endBytes)
                    .append("]}");
            beginBytes = endBytes;
        }
        byte[] text = json.append('}').toString().getBytes(StandardCharsets.UTF_8);
        int textBytes = Math.ceilDiv(text.length, ALIGNMENT) * ALIGNMENT;
        if (textBytes > Header.MAX_TEXT_BYTES) {
            throw new IllegalArgumentException("%,d tensors in one file make a header of %,d bytes; %,d are allowed"
                    .formatted(tensors.size(), textBytes, Header.MAX_TEXT_BYTES));
        }
        byte[] header = new byte[Header.LENGTH_BYTES + textBytes];
        Arrays.fill(header, (byte) ' ');
        ByteBuffer.wrap(header)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(textBytes)
                .put(text);
        return header;
    }
}
