package org.weir.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JsonToken;

/**
 * A {@code model.safetensors.index.json}: which tensor is in which file beside it.
 *
 * @param shardOf file name by tensor name, in the order of the text
 */
record WeightIndex(Path file, Map<String, String> shardOf) {
    static final String FILE_NAME = "model.safetensors.index.json";
    static final String WEIGHT_MAP = "weight_map";

    static WeightIndex read(Path file) throws IOException {
        JsonText text = JsonText.read(file);
        Map<String, String> shardOf;
        try (StrictJson json = text.parser()) {
            shardOf = readShardOf(json);
        } catch (JsonProblem problem) {
            throw text.malformed(problem);
        }
        if (shardOf.isEmpty()) {
            throw new MalformedCheckpointException(file, "found no tensors, expected some in weight_map");
        }
        return new WeightIndex(file, shardOf);
    }

    /** The files by their first appearance. */
    List<Path> shards() {
        return shardOf.values().stream().distinct().map(file::resolveSibling).toList();
    }

    /** Every tensor that is listed must be where the list says, and nothing else may be there. */
    void requireToMatch(List<MappedShard> shards) throws MalformedCheckpointException {
        Set<String> found = new HashSet<>();
        for (MappedShard shard : shards) {
            for (MappedTensor tensor : shard.tensors()) {
                requireListed(tensor);
                found.add(tensor.info().name());
            }
        }
        for (Map.Entry<String, String> listed : shardOf.entrySet()) {
            if (!found.contains(listed.getKey())) {
                String reason = "found no such tensor in " + Printable.quoted(listed.getValue())
                        + ", expected it there because weight_map says so";
                throw new MalformedCheckpointException(file, listed.getKey(), null, reason, null);
            }
        }
    }

    private void requireListed(MappedTensor tensor) throws MalformedCheckpointException {
        String listed = shardOf.get(tensor.info().name());
        if (listed == null || !tensor.file().equals(file.resolveSibling(listed))) {
            String expected =
                    listed == null ? "only tensors that the index lists" : "it in " + Printable.quoted(listed);
            throw new MalformedCheckpointException(
                    tensor.file(),
                    tensor.info().name(),
                    tensor.offsetBytes(),
                    "found it here, expected " + expected,
                    null);
        }
    }

    private static Map<String, String> readShardOf(StrictJson json) throws JsonProblem {
        Map<String, String> shardOf = new LinkedHashMap<>();
        boolean first = true;
        json.nextIs(JsonToken.START_OBJECT, "an object");
        while (json.next() == JsonToken.PROPERTY_NAME) {
            if (json.name().equals(WEIGHT_MAP)) {
                json.requireFirst(first, WEIGHT_MAP);
                first = false;
                readWeightMap(json, shardOf);
            } else {
                json.skipValue();
            }
        }
        json.end();
        return shardOf;
    }

    private static void readWeightMap(StrictJson json, Map<String, String> shardOf) throws JsonProblem {
        json.nextIs(JsonToken.START_OBJECT, "an object as " + WEIGHT_MAP);
        while (json.next() == JsonToken.PROPERTY_NAME) {
            String tensor = json.name();
            json.requireFirst(shardOf.put(tensor, readShardName(json)) == null, tensor);
        }
    }

    /**
     * A plain name, so that no index leads out of its folder. (A link of that name may: Hugging Face caches are made of
     * them.)
     */
    private static String readShardName(StrictJson json) throws JsonProblem {
        String name = json.nextString("the name of a file");
        if (!PlainName.is(name) || !name.endsWith(WeightFiles.SUFFIX)) {
            throw json.problem(
                    "the file name " + Printable.quoted(name), "a .safetensors file in the folder of the index");
        }
        return name;
    }
}
