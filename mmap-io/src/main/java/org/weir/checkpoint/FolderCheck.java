package org.weir.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import tools.jackson.databind.JsonNode;

/** Reads every byte of a finished output and compares it with what its manifest says. */
public final class FolderCheck {
    private static final int BUFFER_BYTES = 1 << 20;

    /** What those who load a model look for: weights in any format, configs, tokenizers, code. */
    private static final Pattern LOADED =
            Pattern.compile(".*\\.(safetensors|bin|pt|pth|json|jinja|model|py)", Pattern.DOTALL);

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
            String name = file.path("file").asString("");
            long bytes = file.path("bytes").asLong(-1);
            if (add(name, bytes, listed)) {
                add(name, "the file", 0, bytes, file.path("crc32c"));
            }
        }
        for (JsonNode shard : manifest.path("shards")) {
            String name = shard.path("file").asString("");
            if (add(name, shard.path("bytes").asLong(-1), listed)) {
                add(name, "the header", 0, shard.path("headerBytes").asLong(-1), shard.path("headerCrc32c"));
                addTensors(name, manifest);
            }
        }
        refuseOthers(listed);
    }

    private boolean add(String name, long bytes, Set<String> listed) throws IOException {
        listed.add(name);
        if (!PlainName.is(name) || !Files.isRegularFile(folder.resolve(name))) {
            String found = PlainName.is(name) ? "it is not there" : "this is no name of a file in the folder";
            damages.add(new Damage(Printable.of(name), "the file", 0, bytes, found));
            return false;
        }
        long found = Files.size(folder.resolve(name));
        if (found != bytes) {
            damages.add(new Damage(name, "the file", 0, bytes, "it has " + found + " bytes"));
        }
        return true;
    }

    private void addTensors(String shard, JsonNode manifest) {
        for (JsonNode tensor : manifest.path("tensors")) {
            if (tensor.path("file").asString("").equals(shard)) {
                long begin = tensor.path("offset").asLong(-1);
                String what = Damage.named(tensor.path("name").asString(""));
                add(shard, what, begin, begin + tensor.path("bytes").asLong(-1), tensor.path("crc32c"));
            }
        }
    }

    private void add(String file, String what, long begin, long end, JsonNode crc32c) {
        if (begin < 0 || end < begin) {
            damages.add(new Damage(file, what, begin, end, "the manifest says so, and it cannot be"));
        } else {
            ranges.add(new Range(file, what, begin, end, crc32c.asString("")));
        }
    }

    /** What nobody listed may be what a reader finds first. */
    private void refuseOthers(Set<String> listed) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files.sorted()::iterator) {
                String name = String.valueOf(file.getFileName());
                if (LOADED.matcher(name).matches() && !listed.contains(name)) {
                    long bytes = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                            .size();
                    damages.add(new Damage(Printable.of(name), "the file", 0, bytes, "the manifest does not know it"));
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
        long longest = ranges.stream()
                .mapToLong(range -> range.end() - range.begin())
                .max()
                .orElse(0);
        int buffer = (int) Math.min(longest, BUFFER_BYTES);
        Shifts.run(threads, ranges, () -> ByteBuffer.allocateDirect(buffer), (range, own) -> {
            check(range, own, progress);
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
