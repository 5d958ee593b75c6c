package org.weir.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The tensors of an output in their staged files: which bytes are there, and what their checksums are. */
final class StagedTensors implements Closeable {
    private static final int BUFFER_BYTES = 1 << 18;

    private final ShardLayout layout;
    private final List<StagedFile> shards = new ArrayList<>();
    private final List<Integer> headers = new ArrayList<>();
    private final List<FinishedRanges> finished;
    private @Nullable Journal journal;

    StagedTensors(ShardLayout layout) {
        this.layout = layout;
        this.finished = layout.tensors().stream()
                .map(tensor -> new FinishedRanges(tensor.bytes()))
                .toList();
    }

    /** Makes the files, or takes those that are there, with their disk space and headers. */
    void open(Path folder, boolean areThere, PageCache pageCache) throws IOException {
        for (ShardLayout.Shard shard : layout.shards()) {
            Path path = folder.resolve(shard.fileName());
            StagedFile file = areThere
                    ? StagedFile.reopen(path, shard.fileBytes(), pageCache)
                    : StagedFile.create(path, shard.fileBytes(), pageCache);
            shards.add(file);
            DiskSpace.reserve(file.path(), shard.fileBytes());
            MemorySegment header = MemorySegment.ofArray(shard.header());
            headers.add(Crc32c.of(header));
            file.write(0, header);
        }
    }

    /** From now on every range that is finished is written down there. */
    void record(Journal to) {
        journal = to;
    }

    List<StagedFile> shards() {
        return shards;
    }

    FinishedRanges finished(int tensor) {
        return finished.get(tensor);
    }

    /** Writes those of the bytes that are missing. A note is about all of them, so then all must be. */
    void write(int tensor, long offsetBytes, MemorySegment bytes, ByteBuffer note) throws IOException {
        FinishedRanges ranges = finished.get(tensor);
        long end = offsetBytes + bytes.byteSize();
        for (long at = ranges.firstMissing(offsetBytes, end); at < end; at = ranges.firstMissing(at, end)) {
            long to = ranges.missingUntil(at, end);
            if (note.hasRemaining() && to - at < bytes.byteSize()) {
                throw new IllegalArgumentException("some of what the note is about is there already");
            }
            writeMissing(tensor, at, bytes.asSlice(at - offsetBytes, to - at), note);
        }
    }

    private void writeMissing(int tensor, long offsetBytes, MemorySegment bytes, ByteBuffer note) throws IOException {
        int crc32c = Crc32c.of(bytes);
        ShardLayout.Place place = layout.places().get(tensor);
        shards.get(place.shard()).write(place.offsetBytes() + offsetBytes, bytes);
        finished.get(tensor).add(offsetBytes, offsetBytes + bytes.byteSize(), crc32c);
        if (journal != null) {
            journal.add(new Claim(tensor, offsetBytes, bytes.byteSize(), crc32c, note));
        }
    }

    static ByteBuffer buffer() {
        return ByteBuffer.allocateDirect(BUFFER_BYTES);
    }

    /**
     * Reads a range back, and counts it as finished if it is what the claim says.
     *
     * @param kept is told of what was not finished before
     */
    boolean holds(Claim claim, ByteBuffer buffer, Recovery.Kept kept) throws IOException {
        ShardLayout.Place place = layout.places().get(claim.tensor());
        OptionalInt found = shards.get(place.shard())
                .crc32c(place.offsetBytes() + claim.offsetBytes(), claim.lengthBytes(), buffer);
        boolean sound = found.isPresent() && found.getAsInt() == claim.crc32c();
        if (sound && finished.get(claim.tensor()).add(claim.offsetBytes(), claim.endBytes(), claim.crc32c())) {
            kept.range(claim.tensor(), claim.lengthBytes(), claim.note().duplicate());
        }
        return sound;
    }

    long finishedBytes() {
        return finished.stream().mapToLong(FinishedRanges::finishedBytes).sum();
    }

    /** @throws IllegalStateException if a tensor was not written to its end */
    void requireWhole() {
        for (int tensor = 0; tensor < finished.size(); tensor++) {
            if (!finished.get(tensor).isWhole()) {
                throw new IllegalStateException("of %s only %d bytes were written"
                        .formatted(
                                layout.tensors().get(tensor),
                                finished.get(tensor).finishedBytes()));
            }
        }
    }

    /** The sums of what was written, with those of the files beside the weights. */
    Checksums checksums(List<OutputFile> others) {
        List<Integer> sums = finished.stream().map(FinishedRanges::crc32c).toList();
        List<Integer> whole = new ArrayList<>(headers);
        int[] inFileOrder = IntStream.range(0, sums.size())
                .boxed()
                .sorted(Comparator.comparingLong(
                        tensor -> layout.places().get(tensor).offsetBytes()))
                .mapToInt(Integer::intValue)
                .toArray();
        for (int tensor : inFileOrder) {
            int shard = layout.places().get(tensor).shard();
            long bytes = layout.tensors().get(tensor).bytes();
            whole.set(shard, Crc32c.joined(whole.get(shard), sums.get(tensor), bytes));
        }
        List<OutputFile> files = IntStream.range(0, whole.size())
                .mapToObj(i -> new OutputFile(
                        layout.shards().get(i).fileName(),
                        layout.shards().get(i).fileBytes(),
                        whole.get(i)))
                .toList();
        return new Checksums(sums, headers, files, others);
    }

    /** May be called again: a descriptor that is closed twice may be somebody else's by then. */
    @Override
    public void close() throws IOException {
        List<StagedFile> open = List.copyOf(shards);
        shards.clear();
        try (Journal _ = journal) {
            journal = null;
            for (StagedFile shard : open) {
                shard.close();
            }
        }
    }
}
