package org.weir.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/** Writes the head of a safetensors file, byte for byte as the reference implementation does. */
final class HeaderWriter {
    /** The data begins at a multiple of this. */
    private static final long ALIGNMENT = 8;

    /** The widest types first, then by name. */
    static final Comparator<TensorInfo> CANONICAL_ORDER = HeaderWriter::compare;

    private HeaderWriter() {}

    private static int compare(TensorInfo a, TensorInfo b) {
        int byType = b.dtype().compareTo(a.dtype());
        return byType != 0 ? byType : Utf8.ORDER.compare(a.name(), b.name());
    }

    /**
     * How long length word and text are.
     *
     * @throws IllegalArgumentException if the text would be longer than a reader accepts
     */
    static long headerBytes(List<TensorInfo> tensors) {
        long[] textBytes = {0};
        write(tensors, piece -> textBytes[0] += piece.length);
        long padded = Math.ceilDiv(textBytes[0], ALIGNMENT) * ALIGNMENT;
        if (padded > Header.MAX_TEXT_BYTES) {
            throw new IllegalArgumentException("%,d tensors in one file make a header of %,d bytes; %,d are allowed"
                    .formatted(tensors.size(), padded, Header.MAX_TEXT_BYTES));
        }
        return Header.LENGTH_BYTES + padded;
    }

    /**
     * Length word and text.
     *
     * @param tensors in the order of their data, which starts right behind the header and has no holes
     * @param headerBytes how long they are
     */
    static byte[] header(List<TensorInfo> tensors, long headerBytes) {
        byte[] header = new byte[Math.toIntExact(headerBytes)];
        Arrays.fill(header, (byte) ' ');
        ByteBuffer into = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
        into.putLong(header.length - Header.LENGTH_BYTES);
        write(tensors, into::put);
        return header;
    }

    /** The text in pieces: whole it can be many megabytes, which nobody wants several times in memory. */
    private static void write(List<TensorInfo> tensors, Consumer<byte[]> to) {
        to.accept("{\"__metadata__\":{\"format\":\"pt\"}".getBytes(StandardCharsets.UTF_8));
        StringBuilder json = new StringBuilder();
        long beginBytes = 0;
        for (TensorInfo tensor : tensors) {
            long endBytes = Math.addExact(beginBytes, tensor.bytes());
            json.setLength(0);
            append(json, tensor, beginBytes, endBytes);
            to.accept(json.toString().getBytes(StandardCharsets.UTF_8));
            beginBytes = endBytes;
        }
        to.accept(new byte[] {'}'});
    }

    private static void append(StringBuilder json, TensorInfo tensor, long beginBytes, long endBytes) {
        json.append(',');
        JsonString.append(json, tensor.name());
        json.append(":{\"dtype\":\"").append(tensor.dtype()).append("\",\"shape\":[");
        String between = "";
        for (long dim : tensor.shape().dims()) {
            json.append(between).append(dim);
            between = ",";
        }
        json.append("],\"data_offsets\":[")
                .append(beginBytes)
                .append(',')
                .append(endBytes)
                .append("]}");
    }
}
