package org.weir.proof;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** All tensors of a small checkpoint, by name in the order of the names. */
record Model(Map<String, Tensor> tensors) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String INDEX = "model.safetensors.index.json";

    Model {
        tensors = Collections.unmodifiableMap(new TreeMap<>(tensors));
    }

    Tensor tensor(String name) {
        Tensor found = tensors.get(name);
        if (found == null) {
            throw new IllegalArgumentException("no tensor " + name + " among " + tensors.keySet());
        }
        return found;
    }

    /** All elements, tensor after tensor. */
    DoubleStream values() {
        return tensors.values().stream().flatMapToDouble(Tensor::values);
    }

    Model map(UnaryOperator<Tensor> change) {
        Map<String, Tensor> changed = new TreeMap<>();
        tensors.forEach((name, tensor) -> changed.put(name, change.apply(tensor)));
        return new Model(changed);
    }

    /** Reads a folder with an index or with one file, or a file. */
    static Model read(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return new Model(readShard(path));
        }
        if (!Files.exists(path.resolve(INDEX))) {
            return new Model(readShard(path.resolve("model.safetensors")));
        }
        Map<String, String> places = new TreeMap<>();
        JSON.readTree(Files.readString(path.resolve(INDEX)))
                .get("weight_map")
                .forEachEntry((name, shard) -> places.put(name, shard.stringValue()));
        Map<String, Tensor> tensors = new TreeMap<>();
        for (String shard : new TreeSet<>(places.values())) {
            readShard(path.resolve(shard)).forEach((name, tensor) -> {
                if (!shard.equals(places.get(name))) {
                    throw new IllegalStateException(name + " lies in " + shard + ", not in " + places.get(name));
                }
                tensors.put(name, tensor);
            });
        }
        if (!tensors.keySet().equals(places.keySet())) {
            throw new IllegalStateException("the index of " + path + " names other tensors than the shards hold");
        }
        return new Model(tensors);
    }

    private static Map<String, Tensor> readShard(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int start = 8 + Math.toIntExact(bytes.getLong(0));
        JsonNode header = JSON.readTree(new String(bytes.array(), 8, start - 8, StandardCharsets.UTF_8));
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        header.forEachEntry((name, entry) -> {
            if (!name.equals("__metadata__")) {
                int from = entry.get("data_offsets").get(0).intValue();
                int to = entry.get("data_offsets").get(1).intValue();
                List<Integer> shape = new ArrayList<>();
                entry.get("shape").forEach(n -> shape.add(n.intValue()));
                Format format = Format.valueOf(entry.get("dtype").stringValue());
                tensors.put(name, new Tensor(format, shape, bytes.slice(start + from, to - from)));
            }
        });
        return tensors;
    }

    /** Writes a folder of {@code shards} shards, the tensors dealt out to them like cards. */
    void write(Path folder, int shards) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("config.json"), "{\"num_hidden_layers\": 2, \"torch_dtype\": \"float32\"}");
        List<Map<String, Tensor>> hands = new ArrayList<>();
        for (int i = 0; i < shards; i++) {
            hands.add(new LinkedHashMap<>());
        }
        int dealt = 0;
        for (Map.Entry<String, Tensor> each : tensors.entrySet()) {
            hands.get(dealt++ % shards).put(each.getKey(), each.getValue());
        }
        ObjectNode index = JSON.createObjectNode();
        ObjectNode places = index.putObject("weight_map");
        for (int i = 0; i < shards; i++) {
            String file = shards == 1 ? "model.safetensors" : "model-%05d-of-%05d.safetensors".formatted(i + 1, shards);
            Files.write(folder.resolve(file), shard(hands.get(i)));
            hands.get(i).keySet().forEach(name -> places.put(name, file));
        }
        if (shards > 1) {
            Files.writeString(folder.resolve(INDEX), index.toString());
        }
    }

    private static byte[] shard(Map<String, Tensor> tensors) throws IOException {
        ObjectNode header = JSON.createObjectNode();
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (Map.Entry<String, Tensor> each : tensors.entrySet()) {
            Tensor tensor = each.getValue();
            ObjectNode entry = header.putObject(each.getKey());
            entry.put("dtype", tensor.format().name());
            tensor.shape().forEach(entry.putArray("shape")::add);
            byte[] bytes = new byte[tensor.bytes().capacity()];
            tensor.bytes().get(0, bytes);
            entry.putArray("data_offsets").add(data.size()).add(data.size() + bytes.length);
            data.write(bytes);
        }
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + data.size())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .put(data.toByteArray())
                .array();
    }
}
