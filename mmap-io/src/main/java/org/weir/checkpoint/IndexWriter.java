package org.weir.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a {@code model.safetensors.index.json} as transformers does: two spaces, sorted keys, a newline at the end.
 */
final class IndexWriter {
    private IndexWriter() {}

    static byte[] index(ShardLayout layout) {
        Map<String, String> shardOf = new TreeMap<>(Utf8.ORDER);
        for (ShardLayout.Shard shard : layout.shards()) {
            shard.tensors().forEach(tensor -> shardOf.put(tensor.name(), shard.fileName()));
        }
        long parameters =
                layout.tensors().stream().mapToLong(TensorInfo::elements).sum();
        StringBuilder json = new StringBuilder("{\n  \"metadata\": {\n");
        json.append("    \"total_parameters\": ").append(parameters).append(",\n");
        json.append("    \"total_size\": ").append(layout.tensorBytes()).append("\n  },\n");
        json.append("  \"weight_map\": {");
        String separator = "\n    ";
        for (Map.Entry<String, String> entry : shardOf.entrySet()) {
            json.append(separator);
            JsonString.appendAscii(json, entry.getKey());
            json.append(": \"").append(entry.getValue()).append('"');
            separator = ",\n    ";
        }
        return json.append("\n  }\n}\n").toString().getBytes(StandardCharsets.UTF_8);
    }
}
