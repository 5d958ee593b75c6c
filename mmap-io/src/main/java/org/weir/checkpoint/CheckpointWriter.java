package org.weir.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Writes a checkpoint folder that appears whole or not at all. Tensors may be written in pieces, in any order, by any
 * number of threads; {@link #publish} then makes the folder appear. {@link #close} without it leaves nothing behind, or,
 * for an output that was begun by {@link #resume}, what another such call goes on with.
 *
 * <p>Interrupting a thread that is writing closes the file under all of them: then the writer can only be closed.
 */
public final class CheckpointWriter implements Closeable, FileSink {
    private static final int COPY_BYTES = 1 << 20;

    private final ShardLayout layout;
    private final Staging staging;
    private final PageCache pageCache;
    private final StagedTensors tensors;
    private final CrashPages crashPages;
    private final List<OutputFile> others = new ArrayList<>();
    private Optional<Recovery> recovery = Optional.empty();
    private Optional<String> obstacle = Optional.empty();

    private CheckpointWriter(ShardLayout layout, Staging staging, PageCache pageCache) {
        this.layout = layout;
        this.staging = staging;
        this.pageCache = pageCache;
        this.tensors = new StagedTensors(layout);
        this.crashPages = CrashPages.into(staging.folder());
    }

    /**
     * Takes the output for this process, reserves the disk space and writes the headers, all in {@code OUT.staging}.
     *
     * @param out a name that is free or an empty folder; missing folders above it are created
     * @param overwrite whether a checkpoint that is there may be replaced, which happens when the new one is finished
     * @param pageCache what becomes of the output's pages once they are on the disk
     * @throws java.nio.file.FileAlreadyExistsException if there is something at OUT that may not be replaced
     * @throws java.nio.file.FileSystemException if another writer is at work on OUT; the message names its process
     * @throws NotEnoughSpaceException if the disk cannot take the output
     */
    public static CheckpointWriter create(Path out, ShardLayout layout, boolean overwrite, PageCache pageCache)
            throws IOException {
        return begun(out, layout, overwrite, pageCache, CheckpointWriter::startOver);
    }

    /** The same, with an output that stays in the page cache. */
    public static CheckpointWriter create(Path out, ShardLayout layout, boolean overwrite) throws IOException {
        return create(out, layout, overwrite, PageCache.KEEP);
    }

    /**
     * The same, going on with what a run of the same identity has left, and leaving what is finished for the next if it
     * is closed before it is published. See {@link #recovery}.
     *
     * @param goOn false to begin anew in any case
     */
    public static CheckpointWriter resume(
            Path out, ShardLayout layout, boolean overwrite, PageCache pageCache, RunIdentity identity, boolean goOn)
            throws IOException {
        RunIdentity whole = identity.with("the layout of the output", Crc32c.text(layout.crc32c()));
        return begun(out, layout, overwrite, pageCache, writer -> writer.goOnOrStartOver(whole, goOn));
    }

    /** What remains of making a writer when it has its place. */
    private interface Beginning {
        void of(CheckpointWriter writer) throws IOException;
    }

    private static CheckpointWriter begun(
            Path out, ShardLayout layout, boolean overwrite, PageCache pageCache, Beginning beginning)
            throws IOException {
        CheckpointWriter writer = new CheckpointWriter(layout, Staging.begin(out, overwrite), pageCache);
        try {
            beginning.of(writer);
            return writer;
        } catch (IOException | RuntimeException e) {
            Staging.closeAfter(e, writer);
            throw e;
        }
    }

    /**
     * Where an output will be: absolute, and without links.
     *
     * @throws java.nio.file.FileAlreadyExistsException if something there or above makes it impossible
     */
    public static Path place(Path out) throws IOException {
        return Destination.of(out, false).path();
    }

    /** Refuses an output that {@link #create} would refuse now for what is there already. Nothing is written. */
    public static void requirePlace(Path out, boolean overwrite) throws IOException {
        Staging.requirePossible(out, overwrite);
    }

    /** Refuses, in the same way, an output that has no room where it is to be. What is staged of it has its room. */
    public static void requireSpace(Path out, ShardLayout layout) throws IOException {
        Path staged = Staging.folderOf(Destination.of(out, false));
        DiskSpace.require(DiskSpace.existing(out.toAbsolutePath()), layout.totalFileBytes(), staged);
    }

    /** What an interrupted run left, if this one goes on with it: to be run before anything is written. */
    public Optional<Recovery> recovery() {
        return recovery;
    }

    /** Why it does not go on with what an interrupted run left, if there was one: "the config is not as it was". */
    public Optional<String> obstacle() {
        return obstacle;
    }

    /** The folder in which what is finished stays for the next run, if this writer is closed now. */
    public Optional<Path> leaves() {
        boolean some = recovery.isPresent() || tensors.finishedBytes() > 0;
        return staging.leaves() && some ? Optional.of(staging.folder()) : Optional.empty();
    }

    /** The first byte of a tensor from {@code begin} on that is not finished, or {@code end}. */
    public long firstMissing(int tensor, long begin, long end) {
        return tensors.finished(tensor).firstMissing(begin, end);
    }

    /** Where the run of bytes ends that begins with a missing one, or {@code end} if it is longer. */
    public long missingUntil(int tensor, long begin, long end) {
        return tensors.finished(tensor).missingUntil(begin, end);
    }

    /** Bytes of tensors that are written. */
    public long finishedBytes() {
        return tensors.finishedBytes();
    }

    /**
     * Writes some bytes of a tensor; what is finished already is left as it is.
     *
     * @param tensor its number in the list that the layout was made from
     * @param offsetBytes from the start of the tensor
     * @param bytes private memory, since they are summed up; best off the heap: others are copied once more
     * @param note what a {@link Recovery} is to know of these bytes, none of which may be finished then; or nothing
     * @throws NotEnoughSpaceException if the disk is full
     */
    public void write(int tensor, long offsetBytes, MemorySegment bytes, ByteBuffer note) throws IOException {
        Objects.checkFromIndexSize(
                offsetBytes, bytes.byteSize(), layout.tensors().get(tensor).bytes());
        tensors.write(tensor, offsetBytes, bytes, note);
    }

    /** The same, of which there is nothing to know. */
    public void write(int tensor, long offsetBytes, MemorySegment bytes) throws IOException {
        write(tensor, offsetBytes, bytes, ByteBuffer.allocate(0));
    }

    @Override
    public void addFile(String name, byte[] content) throws IOException {
        add(plain(name), content);
    }

    /** With the permissions of a new file. */
    @Override
    public void copyFile(String name, Path source) throws IOException {
        Path target = staging.folder().resolve(plain(name));
        if (!Files.isRegularFile(source)) {
            throw new IOException(Printable.path(source) + ": cannot be copied: it is not a regular file");
        }
        try (InputStream in = Files.newInputStream(source);
                StagedFile file = StagedFile.create(target, Files.size(source), pageCache)) {
            byte[] buffer = new byte[COPY_BYTES];
            long offsetBytes = 0;
            int sum = 0;
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                MemorySegment piece = MemorySegment.ofArray(buffer).asSlice(0, read);
                file.write(offsetBytes, piece);
                sum = Crc32c.joined(sum, Crc32c.of(piece), read);
                offsetBytes += read;
            }
            force(file);
            others.add(new OutputFile(name, offsetBytes, sum));
        }
    }

    /**
     * Brings everything to the disk. Nobody may be writing meanwhile, and all that may follow is {@link #publish}.
     *
     * @return what was written
     * @throws IllegalStateException if a tensor was not written to its end
     */
    public Checksums finish() throws IOException {
        tensors.requireWhole();
        if (layout.shards().size() > 1) {
            add(WeightIndex.FILE_NAME, IndexWriter.index(layout));
        }
        for (StagedFile shard : tensors.shards()) {
            force(shard);
        }
        return tensors.checksums(others);
    }

    /** Adds a manifest of what {@link #finish} has finished, and makes OUT appear. */
    public void publish(Manifest.Content manifest) throws IOException {
        try (StagedFile file = StagedFile.create(staging.folder().resolve(Manifest.FILE_NAME), 0, pageCache)) {
            try (OutputStream text = file.stream()) {
                Manifest.write(manifest, text);
            }
            force(file);
        }
        appear();
    }

    /**
     * Brings everything to the disk and makes OUT appear. When this returns, a power cut does no harm any more. Nobody
     * may be writing meanwhile.
     *
     * @throws IllegalStateException if a tensor was not written to its end
     */
    public void publish() throws IOException {
        finish();
        appear();
    }

    private void appear() throws IOException {
        tensors.close();
        crashPages.close();
        CrashPages.removeFrom(staging.folder());
        staging.publish();
    }

    /** What is staged is worth nothing: closing will remove it. */
    public void discard() throws IOException {
        staging.discard();
    }

    /** Removes what was not published, or leaves it for the next run. */
    @Override
    public void close() throws IOException {
        try (staging;
                tensors;
                crashPages) {
            if (staging.leaves() && leaves().isEmpty()) {
                staging.discard();
            }
        }
    }

    private void startOver() throws IOException {
        staging.startOver();
        DiskSpace.require(staging.folder(), layout.totalFileBytes(), staging.folder());
        tensors.open(staging.folder(), false, pageCache);
    }

    private void goOnOrStartOver(RunIdentity identity, boolean goOn) throws IOException {
        LeftOver left = LeftOver.in(staging, layout);
        obstacle = goOn ? left.obstacle(identity) : Optional.empty();
        if (goOn && left.isThere() && obstacle.isEmpty()) {
            staging.leaveUnlessPublished();
            recovery = Optional.of(new Recovery(tensors, left.claims())); // from here on a failure leaves it all
            left.removeOthers();
            DiskSpace.require(staging.folder(), layout.totalFileBytes(), staging.folder());
            tensors.open(staging.folder(), true, pageCache);
            for (StagedFile shard : tensors.shards()) {
                durable(shard::forget);
            }
            tensors.record(Journal.reopen(staging.journal()));
            return;
        }
        startOver();
        tensors.record(Journal.begin(staging.journal(), identity));
        staging.leaveUnlessPublished();
    }

    private void add(String name, byte[] content) throws IOException {
        try (StagedFile file = StagedFile.create(staging.folder().resolve(name), content.length, pageCache)) {
            file.write(0, MemorySegment.ofArray(content));
            force(file);
        }
        others.add(new OutputFile(name, content.length, Crc32c.of(content)));
    }

    private void force(StagedFile file) throws IOException {
        durable(file::force);
    }

    /** Something that has to reach the disk. */
    private interface Sync {
        void run() throws IOException;
    }

    /** After a failure the kernel takes the lost pages for written: they read well until the power goes. */
    private void durable(Sync sync) throws IOException {
        try {
            sync.run();
        } catch (IOException e) {
            Staging.closeAfter(e, staging::discard);
            throw new IOException(e.getMessage() + "; what is staged cannot be trusted any more and is given up", e);
        }
    }

    /** A name in the folder itself, and none that would change which weights a reader finds. */
    private static String plain(String name) {
        boolean taken = name.equals(WeightIndex.FILE_NAME) || name.equals(Manifest.FILE_NAME);
        if (!PlainName.is(name) || name.endsWith(WeightFiles.SUFFIX) || taken) {
            throw new IllegalArgumentException(Printable.quoted(name) + " is no name for a file beside the weights");
        }
        return name;
    }
}
