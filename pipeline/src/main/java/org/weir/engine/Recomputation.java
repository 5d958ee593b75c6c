package org.weir.engine;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.weir.checkpoint.Crc32c;
import org.weir.checkpoint.FolderCheck.Damage;
import org.weir.checkpoint.InputFile;
import org.weir.checkpoint.MalformedCheckpointException;
import org.weir.checkpoint.Manifest;
import org.weir.checkpoint.ShardLayout;
import org.weir.checkpoint.TensorInfo;
import org.weir.plan.Input;
import org.weir.plan.MergeConfig;
import org.weir.plan.MergeOptions;
import org.weir.plan.MergePlan;
import org.weir.plan.PlanException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Makes a part of an output again from its inputs, by the engine that made it, and compares the bytes. */
public final class Recomputation implements AutoCloseable {

    private final Path folder;
    private final JsonNode manifest;
    private final Steps steps;
    private final MergePlan plan;

    private Recomputation(Path folder, JsonNode manifest, Steps steps, MergePlan plan) {
        this.folder = folder;
        this.manifest = manifest;
        this.steps = steps;
        this.plan = plan;
    }

    /**
     * Plans the merge again that a manifest tells of.
     *
     * @throws PlanException if that is not possible any more
     * @throws MalformedCheckpointException if the manifest tells of no merge
     */
    public static Recomputation of(Path folder, JsonNode manifest, int threads) throws PlanException, IOException {
        try {
            return of(folder, manifest, steps(manifest, threads));
        } catch (JacksonException | InvalidPathException e) {
            throw Manifest.malformed(folder, e);
        }
    }

    private static Recomputation of(Path folder, JsonNode manifest, Steps steps) throws PlanException, IOException {
        boolean planned = false;
        try {
            Recomputation recomputation = new Recomputation(folder, manifest, steps, plan(steps, manifest));
            planned = true;
            return recomputation;
        } finally {
            if (!planned) {
                steps.close();
            }
        }
    }

    private static Steps steps(JsonNode manifest, int threads) throws PlanException, IOException {
        List<MergeConfig> documents = MergeConfig.parseAll(
                Path.of(manifest.path("configFile").asString("")),
                manifest.path("config").asString("").getBytes(StandardCharsets.UTF_8));
        JsonNode written = manifest.path("options");
        ObjectNode options = written.isObject()
                ? ((ObjectNode) written).deepCopy()
                : JsonMapper.shared().createObjectNode();
        options.put("threads", threads);
        return new Steps(
                documents,
                Path.of(manifest.path("workingFolder").asString("")),
                JsonMapper.shared().treeToValue(options, MergeOptions.class));
    }

    /** With the same steps fused, and the others where they were. */
    private static MergePlan plan(Steps steps, JsonNode manifest) throws PlanException, IOException {
        Map<String, Path> made = new HashMap<>();
        boolean fused = false;
        for (JsonNode input : manifest.path("inputs")) {
            made.put(
                    input.path("reference").asString(""),
                    Path.of(input.path("path").asString("")));
            fused |= input.has("ofStep");
        }
        MergeConfig step = steps.named(manifest.path("step").asString(Steps.name(steps.last())));
        if (steps.areSeveral()) {
            steps.planAll(!fused, Optional.empty(), (each, plan) -> {});
        }
        return steps.plan(step, made, Optional.empty());
    }

    /** Why the result could differ although nothing is wrong with it: another version, or inputs that have changed. */
    public Optional<String> obstacle() throws IOException {
        for (int i = 0; i < plan.files().size(); i++) {
            Optional<String> changed =
                    changed(plan.files().get(i), manifest.path("inputs").path(i).path("files"));
            if (changed.isPresent()) {
                return changed;
            }
        }
        for (int i = 0; i < plan.tensors().size(); i++) {
            JsonNode listed = manifest.path("tensors").path(i);
            ShardLayout.Place place = plan.layout().places().get(i);
            if (!plan.layout()
                            .tensors()
                            .get(i)
                            .name()
                            .equals(listed.path("name").asString(""))
                    || place.offsetBytes() != listed.path("offset").asLong(-1)) {
                return Optional.of("this version of Weir (" + Build.version() + ") plans another output than "
                        + manifest.path("weir").asString("") + " did");
            }
        }
        return Optional.empty();
    }

    private static Optional<String> changed(Input input, JsonNode listed) throws IOException {
        List<InputFile> files = input.checkpoint().inputFiles();
        for (int i = 0; i < Math.max(files.size(), listed.size()); i++) {
            boolean same = i < files.size()
                    && files.get(i).bytes() == listed.path(i).path("bytes").asLong(-1)
                    && Crc32c.text(files.get(i).headerCrc32c())
                            .equals(listed.path(i).path("headerCrc32c").asString(""));
            if (!same) {
                return Optional.of(input.reference() + " is not the model any more that was merged");
            }
        }
        return Optional.empty();
    }

    /**
     * Makes and compares.
     *
     * @param sample which part
     * @return every range that comes out in other bytes, by file and place
     */
    public List<Damage> run(Sample sample, MergeProgress progress) throws IOException, MergeStoppedException {
        try (Comparison comparison = new Comparison(sample)) {
            new MergeEngine(plan, progress, false).run(comparison);
            return comparison.differences.stream()
                    .sorted(Comparator.comparing(Damage::file).thenComparingLong(Damage::begin))
                    .toList();
        }
    }

    /** A sink that keeps nothing. */
    private final class Comparison implements TileSink, AutoCloseable {
        private final Sample sample;
        private final List<FileChannel> shards = new ArrayList<>();
        private final ConcurrentLinkedQueue<Damage> differences = new ConcurrentLinkedQueue<>();
        private final ThreadLocal<ByteBuffer> buffer =
                ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(Sample.PIECE_BYTES));

        Comparison(Sample sample) throws IOException {
            this.sample = sample;
            for (int shard = 0; shard < plan.layout().shards().size(); shard++) {
                Path file = folder.resolve(plan.layout().shards().get(shard).fileName());
                shards.add(FileChannel.open(file, StandardOpenOption.READ));
            }
        }

        @Override
        public long firstMissing(int tensor, long begin, long end) {
            return sample.next(tensor, begin, end);
        }

        @Override
        public long missingUntil(int tensor, long begin, long end) {
            return Math.min(end, Sample.pieceEnd(begin));
        }

        @Override
        public void write(int tensor, long offsetBytes, MemorySegment bytes, ByteBuffer found) throws IOException {
            ShardLayout.Place place = plan.layout().places().get(tensor);
            FileChannel shard = shards.get(place.shard());
            if (buffer.get().capacity() < bytes.byteSize()) {
                buffer.set(ByteBuffer.allocateDirect((int) bytes.byteSize())); // of what is made in larger pieces
            }
            ByteBuffer there = buffer.get().clear().limit((int) bytes.byteSize());
            long begin = place.offsetBytes() + offsetBytes;
            while (there.hasRemaining()) {
                if (shard.read(there, begin + there.position()) < 0) {
                    break;
                }
            }
            long at = bytes.mismatch(MemorySegment.ofBuffer(there.flip()));
            if (at >= 0) {
                TensorInfo info = plan.layout().tensors().get(tensor);
                differences.add(Damage.ofTensor(
                        plan.layout().shards().get(place.shard()).fileName(),
                        info.name(),
                        begin,
                        begin + bytes.byteSize(),
                        "made again from the inputs, it is different from byte " + (begin + at) + " on"));
            }
        }

        @Override
        public void close() throws IOException {
            for (FileChannel shard : shards) {
                shard.close();
            }
        }
    }

    @Override
    public void close() throws IOException {
        plan.close();
        steps.close();
    }
}
