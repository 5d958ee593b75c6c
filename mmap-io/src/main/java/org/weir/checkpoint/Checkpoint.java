package org.weir.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model to read: a folder with {@code model.safetensors} or an index and its shards, or one {@code .safetensors}
 * file. Opening it reads the headers and maps the shards; the weights are read when somebody reads them. Any number of
 * threads may.
 */
public final class Checkpoint implements AutoCloseable {
    private final Path path;
    private final boolean folder;
    private final Arena arena;
    private final List<MappedShard> shards;
    private final List<MappedTensor> tensors;
    /** Where the tensor is that may be asked for next; threads that see an old number only look it up by its name. */
    private int next;
    /** Made when somebody asks in another order. */
    private volatile @Nullable Map<String, MappedTensor> byName;

    private Checkpoint(Path path, Arena arena, List<MappedShard> shards) {
        this.path = path;
        this.folder = Files.isDirectory(path);
        this.arena = arena;
        this.shards = shards;
        this.tensors =
                shards.stream().flatMap(shard -> shard.tensors().stream()).toList();
    }

    /**
     * Reads and checks the headers and maps the files.
     *
     * @throws java.nio.file.NoSuchFileException if there is nothing of that name
     * @throws MalformedCheckpointException if something is there that is no checkpoint, or a broken one
     */
    public static Checkpoint open(Path folderOrFile) throws IOException {
        WeightFiles files = WeightFiles.of(folderOrFile);
        Arena arena = Arena.ofShared();
        List<MappedShard> shards = new ArrayList<>();
        try {
            for (Path file : files.shards()) {
                shards.add(MappedShard.open(file, arena));
            }
            if (files.index() != null) {
                files.index().requireToMatch(shards);
            }
            return new Checkpoint(folderOrFile, arena, shards);
        } catch (IOException | RuntimeException e) {
            arena.close();
            shards.forEach(MappedShard::close);
            throw e;
        }
    }

    /** As it was given to {@link #open}. */
    public Path path() {
        return path;
    }

    public boolean isFolder() {
        return folder;
    }

    /** Every tensor: shards in the order of the index, in each the order of the data. */
    public List<MappedTensor> tensors() {
        return tensors;
    }

    public Optional<MappedTensor> tensor(String name) {
        int guess = next; // models mostly hold the same tensors in the same order
        if (guess < tensors.size() && tensors.get(guess).info().name().equals(name)) {
            next = (guess + 1) % tensors.size();
            return Optional.of(tensors.get(guess));
        }
        Map<String, MappedTensor> names = byName;
        return Optional.ofNullable((names == null ? namesRead() : names).get(name));
    }

    private synchronized Map<String, MappedTensor> namesRead() {
        Map<String, MappedTensor> names = byName;
        if (names == null) {
            names = HashMap.newHashMap(tensors.size());
            for (MappedTensor tensor : tensors) {
                names.put(tensor.info().name(), tensor);
            }
            byName = names;
        }
        return names;
    }

    /** The files with the weights. */
    public List<Path> shards() {
        return shards.stream().map(MappedShard::file).toList();
    }

    /** Which files these are, and which state of them: as they were when they were opened, and their headers now. */
    public List<InputFile> inputFiles() throws IOException {
        List<InputFile> files = new ArrayList<>();
        for (MappedShard shard : shards) {
            files.add(shard.identified());
        }
        return files;
    }

    /** What all shards hold before their data, length words included. */
    public long headerBytes() {
        return shards.stream().mapToLong(MappedShard::headerBytes).sum();
    }

    /** A file of that name directly in the folder, such as {@code config.json}; a lone file has none. */
    public Optional<Path> file(String name) {
        return folder ? Optional.of(path.resolve(name)).filter(Files::isRegularFile) : Optional.empty();
    }

    /**
     * The files that make the weights a usable model: all regular files directly in the folder but weights, their
     * indexes, hidden files, unfinished downloads, and what merges and people wrote about this very model (README,
     * manifest). A lone file has none.
     */
    public List<Path> companions() throws IOException {
        return folder ? Companions.of(path) : List.of();
    }

    /** Those of {@link #companions} that are links to what is neither in the folder nor in a hub's cache. */
    public Map<Path, Path> linksLeadingOut() throws IOException {
        return folder ? Companions.leadingOut(path) : Map.of();
    }

    /**
     * Compares device, inode, size and times of every shard with what they were when it was opened.
     *
     * @throws InputChangedException naming the first that is another file or another state of it
     */
    public void requireUnchanged() throws InputChangedException {
        for (MappedShard shard : shards) {
            shard.requireUnchanged();
        }
    }

    /** Lets go of every page of the shards, mapped and cached. Nothing but speed depends on it. */
    public void forget() {
        shards.forEach(MappedShard::forget);
    }

    /** Unmaps the shards. Nobody may be reading their tensors any more; who tries later gets an exception. */
    @Override
    public void close() {
        arena.close();
        shards.forEach(MappedShard::close);
    }
}
