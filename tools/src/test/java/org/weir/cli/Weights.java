package org.weir.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The numbers in a small safetensors file, read without Weir's help. */
final class Weights {
    private Weights() {}

    static Map<String, double[]> of(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int headerBytes = Math.toIntExact(bytes.getLong());
        JsonNode header = JsonMapper.shared()
                .readTree(new String(bytes.array(), Long.BYTES, headerBytes, StandardCharsets.UTF_8));
        Map<String, double[]> weights = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : header.properties()) {
            if (!entry.getKey().equals("__metadata__")) {
                JsonNode offsets = entry.getValue().get("data_offsets");
                int from = offsets.get(0).asInt();
                ByteBuffer data = bytes.slice(
                                Long.BYTES + headerBytes + from, offsets.get(1).asInt() - from)
                        .order(ByteOrder.LITTLE_ENDIAN);
                weights.put(
                        entry.getKey(),
                        numbers(data, entry.getValue().get("dtype").asString()));
            }
        }
        return weights;
    }

    private static double[] numbers(ByteBuffer data, String dtype) {
        double[] numbers = new double[data.remaining() / (dtype.equals("F32") ? 4 : 2)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = switch (dtype) {
                case "BF16" -> Float.intBitsToFloat(data.getShort() << 16);
                case "F16" -> Float.float16ToFloat(data.getShort());
                case "F32" -> data.getFloat();
                default -> throw new IllegalArgumentException(dtype);
            };
        }
        return numbers;
    }
}
