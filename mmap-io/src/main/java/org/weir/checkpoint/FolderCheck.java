package org.weir.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import tools.jackson.databind.JsonNode;

/** Reads every byte of a finished output and compares it with what its manifest says. */
public final class FolderCheck {
    private static final int BUFFER_BYTES = 1 << 20;

    private final Path folder;
    private final List<Range> ranges = new ArrayList<>();
    private final ConcurrentLinkedQueue<Damage> damages = new ConcurrentLinkedQueue<>();

    /**
     * Something that is not as it was written.
     *
     * @param file in which file
     * @param what the tensor, or the header, or all of the file
     * @param begin the first byte of it in the file
     * @param end one beyond its last
     * @param found what is wrong
     */
    public record Damage(String file, String what, long begin, long end, String found) {
        /** The same of a tensor, by its name. */
        public static Damage ofTensor(String file, String tensor, long begin, long end, String found) {
            return new Damage(file, named(tensor), begin, end, found);
        }

        private static String named(String tensor) {
            return "tensor " + Printable.quoted(tensor);
        }

        @Override
        public String toString() {
            return file + ": " + what + ", bytes " + begin + " to " + end + ": " + found;
        }
    }

    private record Range(String file, String what, long begin, long end, String crc32c) {}

    /**
     * Looks at the sizes of all files.
     *
     * @param manifest of {@link Manifest#read}
     */
    public FolderCheck(Path folder, JsonNode manifest) throws IOException {
        this.folder = folder;
        Set<String> listed = new HashSet<>(Set.of(Manifest.FILE_NAME));
        for (JsonNode file : manifest.path("files")) {
            String name = file.path("file").asString();
            long bytes = file.path("bytes").asLong();
            if (add(name, bytes, listed)) {
                ranges.add(new Range(
                        name, "the file", 0, bytes, file.path("crc32c").asString()));
            }
        }
        for (JsonNode shard : manifest.path("shards")) {
            String name = shard.path("file").asString();
            if (add(name, shard.path("bytes").asLong(), listed)) {
                long header = shard.path("headerBytes").asLong();
                ranges.add(new Range(
                        name,
                        "the header",
                        0,
                        header,
                        shard.path("headerCrc32c").asString()));
                addTensors(name, manifest);
            }
        }
        refuseOthers(listed);
    }

    private boolean add(String name, long bytes, Set<String> listed) throws IOException {
        listed.add(name);
        Path file = folder.resolve(name);
        if (!PlainName.is(name) || !Files.isRegularFile(file)) {
            damages.add(new Damage(name, "the file", 0, bytes, "it is not there"));
            return false;
        }
        long found = Files.size(file);
        if (found != bytes) {
            damages.add(new Damage(name, "the file", 0, bytes, "it has " + found + " bytes"));
        }
        return true;
    }

    private void addTensors(String shard, JsonNode manifest) {
        for (JsonNode tensor : manifest.path("tensors")) {
            if (tensor.path("file").asString().equals(shard)) {
                long begin = tensor.path("offset").asLong();
                long end = begin + tensor.path("bytes").asLong();
                String what = Damage.named(tensor.path("name").asString());
                ranges.add(
                        new Range(shard, what, begin, end, tensor.path("crc32c").asString()));
            }
        }
    }

    /** Weights that nobody listed may be what a reader finds first. */
    private void refuseOthers(Set<String> listed) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files.sorted()::iterator) {
                String name = String.valueOf(file.getFileName());
                boolean weights = name.endsWith(WeightFiles.SUFFIX) || name.equals(WeightIndex.FILE_NAME);
                if (weights && !listed.contains(name)) {
                    damages.add(new Damage(name, "the file", 0, Files.size(file), "the manifest does not know it"));
                }
            }
        }
    }

    /** How much {@link #run} reads. */
    public long bytes() {
        return ranges.stream().mapToLong(range -> range.end() - range.begin()).sum();
    }

    /**
     * Reads it all.
     *
     * @param progress is told of bytes that were read, by any thread
     * @return everything that is not as it was written, by file and place
     */
    public List<Damage> run(int threads, LongConsumer progress) throws IOException {
        Shifts.run(threads, ranges, () -> ByteBuffer.allocateDirect(BUFFER_BYTES), (range, buffer) -> {
            check(range, buffer, progress);
        });
        return damages.stream()
                .sorted(Comparator.comparing(Damage::file).thenComparingLong(Damage::begin))
                .toList();
    }

    private void check(Range range, ByteBuffer buffer, LongConsumer progress) throws IOException {
        CRC32C crc = new CRC32C();
        try (FileChannel channel = FileChannel.open(folder.resolve(range.file()), StandardOpenOption.READ)) {
            long at = range.begin();
            while (at < range.end()) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), range.end() - at));
                int read = channel.read(buffer, at);
                if (read <= 0) {
                    break;
                }
                crc.update(buffer.flip());
                progress.accept(read);
                at += read;
            }
            String found = Crc32c.text((int) crc.getValue());
            if (at < range.end() || !found.equals(range.crc32c())) {
                damages.add(damage(range, at < range.end() ? "the file ends at byte " + at : differs(range, found)));
            }
        } catch (IOException e) {
            damages.add(damage(range, "it cannot be read: " + e.getMessage()));
        }
    }

    private static Damage damage(Range range, String found) {
        return new Damage(range.file(), range.what(), range.begin(), range.end(), found);
    }

    private static String differs(Range range, String found) {
        return "found the checksum " + found + ", expected " + range.crc32c();
    }
}
