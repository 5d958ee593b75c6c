package org.weir.cli;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.weir.checkpoint.ShardLayout;
import org.weir.checkpoint.ShardLayout.Shard;
import org.weir.checkpoint.TensorInfo;
import tools.jackson.databind.json.JsonMapper;

/**
 * A checkpoint whose files are a header and a hole: every value reads as 0 and takes no disk space. It is written in
 * place and not forced to disk: there is nothing in it that could not be made again in a second.
 */
record SparseModel(Path folder, ShardLayout layout) {
    private static final int ALIGNMENT = 8;

    void write(byte[] configJson) throws IOException {
        Files.createDirectories(folder);
        removeWeights();
        for (Shard shard : layout.shards()) {
            writeShard(shard);
        }
        if (layout.shards().size() > 1) {
            Files.write(folder.resolve("model.safetensors.index.json"), index());
        }
        Files.write(folder.resolve("config.json"), configJson);
    }

    /** Of a checkpoint that was here before, with other shards. */
    private void removeWeights() throws IOException {
        try (DirectoryStream<Path> old = Files.newDirectoryStream(folder, "model*.safetensors*")) {
            for (Path file : old) {
                Files.delete(file);
            }
        }
    }

    private void writeShard(Shard shard) throws IOException {
        byte[] header = header(shard.tensors());
        Path file = folder.resolve(shard.fileName());
        try (RandomAccessFile holed = new RandomAccessFile(file.toFile(), "rw")) {
            holed.write(header);
            holed.setLength(Math.addExact(header.length, shard.dataBytes()));
        }
    }

    private static byte[] header(List<TensorInfo> tensors) {
        Map<String, Object> entries = new LinkedHashMap<>();
        entries.put("__metadata__", Map.of("format", "pt"));
        long begin = 0;
        for (TensorInfo tensor : tensors) {
            long end = Math.addExact(begin, tensor.bytes());
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("dtype", tensor.dtype().name());
            entry.put("shape", tensor.shape().dims());
            entry.put("data_offsets", List.of(begin, end));
            entries.put(tensor.name(), entry);
            begin = end;
        }
        String text = JsonMapper.shared().writeValueAsString(entries);
        byte[] padded =
                (text + " ".repeat(Math.floorMod(-text.length(), ALIGNMENT))).getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(Long.BYTES + padded.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(padded.length)
                .put(padded)
                .array();
    }

    private byte[] index() {
        Map<String, String> shardOf = new TreeMap<>();
        layout.shards()
                .forEach(shard -> shard.tensors().forEach(tensor -> shardOf.put(tensor.name(), shard.fileName())));
        Map<String, Object> index = new LinkedHashMap<>();
        index.put("metadata", Map.of("total_size", layout.tensorBytes()));
        index.put("weight_map", shardOf);
        return JsonMapper.shared().writeValueAsBytes(index);
    }
}
