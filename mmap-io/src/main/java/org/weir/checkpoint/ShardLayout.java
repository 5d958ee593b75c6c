package org.weir.checkpoint;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which tensor goes where in the files to be written. Shards are filled greedily in the order given: the next one
 * begins when a tensor would take the data of this one over the limit, so a tensor larger than the limit is alone in
 * its file. Inside a shard the order is the canonical one.
 */
public final class ShardLayout {
    private final List<TensorInfo> tensors;
    private final List<Place> places;
    private final List<Shard> shards;

    private ShardLayout(List<TensorInfo> tensors, List<Place> places, List<Shard> shards) {
        this.tensors = List.copyOf(tensors);
        this.places = List.copyOf(places);
        this.shards = List.copyOf(shards);
    }

    /**
     * Where a tensor goes.
     *
     * @param shard number of the shard, from 0
     * @param offsetBytes of its first byte in that file
     */
    public record Place(int shard, long offsetBytes) {}

    /**
     * One file.
     *
     * @param tensors in the order of their data
     * @param headerBytes length word and text
     */
    public record Shard(String fileName, List<TensorInfo> tensors, long headerBytes) {
        public Shard {
            tensors = List.copyOf(tensors);
        }

        /** Length word and text, made each time: they can be many megabytes. */
        byte[] header() {
            return HeaderWriter.header(tensors, headerBytes);
        }

        public long dataBytes() {
            return tensors.stream().mapToLong(TensorInfo::bytes).reduce(0, Math::addExact);
        }

        public long fileBytes() {
            return Math.addExact(headerBytes, dataBytes());
        }
    }

    /**
     * Lays out tensors in shards.
     *
     * @param maxShardBytes limit for the data of a shard, without its header
     * @throws IllegalArgumentException if a name occurs twice, or a header would be too long to be read again
     */
    public static ShardLayout of(List<TensorInfo> tensors, long maxShardBytes) {
        List<List<TensorInfo>> groups = greedyGroups(tensors, maxShardBytes);
        Map<String, Place> places = HashMap.newHashMap(tensors.size());
        List<Shard> shards = new ArrayList<>();
        for (List<TensorInfo> group : groups) {
            group.sort(HeaderWriter.CANONICAL_ORDER);
            long headerBytes = HeaderWriter.headerBytes(group);
            long offsetBytes = headerBytes;
            for (TensorInfo tensor : group) {
                Place before = places.put(tensor.name(), new Place(shards.size(), offsetBytes));
                if (before != null) {
                    throw new IllegalArgumentException("two tensors are called " + Printable.quoted(tensor.name()));
                }
                offsetBytes = Math.addExact(offsetBytes, tensor.bytes());
            }
            String fileName = fileName(shards.size(), groups.size());
            shards.add(new Shard(fileName, group, headerBytes));
        }
        List<Place> placesByNumber =
                tensors.stream().map(tensor -> places.get(tensor.name())).toList();
        return new ShardLayout(tensors, placesByNumber, shards);
    }

    /** In the order given; a tensor's index here is its number everywhere. */
    public List<TensorInfo> tensors() {
        return tensors;
    }

    /** Where each tensor goes, by its number. */
    public List<Place> places() {
        return places;
    }

    public List<Shard> shards() {
        return shards;
    }

    /** A checksum of all of it: what goes where. */
    int crc32c() {
        int sum = 0;
        for (Shard shard : shards) {
            byte[] header = shard.header();
            sum = Crc32c.joined(sum, Crc32c.of(header), header.length);
        }
        return sum;
    }

    /** Data of all shards. */
    public long tensorBytes() {
        return shards.stream().mapToLong(Shard::dataBytes).reduce(0, Math::addExact);
    }

    /** All shards with their headers. */
    public long totalFileBytes() {
        return shards.stream().mapToLong(Shard::fileBytes).reduce(0, Math::addExact);
    }

    private static List<List<TensorInfo>> greedyGroups(List<TensorInfo> tensors, long maxShardBytes) {
        if (maxShardBytes < 1) {
            throw new IllegalArgumentException("shards of at most %d bytes".formatted(maxShardBytes));
        }
        List<List<TensorInfo>> groups = new ArrayList<>(List.of(new ArrayList<>()));
        long groupBytes = 0;
        for (TensorInfo tensor : tensors) {
            if (tensor.bytes() > maxShardBytes - groupBytes && !groups.getLast().isEmpty()) {
                groups.add(new ArrayList<>());
                groupBytes = 0;
            }
            groups.getLast().add(tensor);
            groupBytes = Math.addExact(groupBytes, tensor.bytes());
        }
        return groups;
    }

    private static String fileName(int shard, int shards) {
        return shards == 1
                ? WeightFiles.SINGLE
                : "model-%05d-of-%05d%s".formatted(shard + 1, shards, WeightFiles.SUFFIX);
    }
}
