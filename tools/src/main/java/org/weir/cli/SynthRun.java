package org.weir.cli;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.weir.checkpoint.CheckpointWriter;
import org.weir.checkpoint.ShardLayout;
import org.weir.checkpoint.TensorInfo;
import org.weir.cli.SynthTiles.Tile;
import org.weir.simd.Kernels;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes a family of synthetic checkpoints, one after the other, each by all threads. */
final class SynthRun {
    private final SynthSpec spec;
    private final Path out;
    private final ShardLayout layout;
    private final boolean overwrite;
    private final int threads;
    private final AtomicLong doneBytes = new AtomicLong();
    private volatile String phase = "base";
    private volatile boolean stopped;

    SynthRun(SynthSpec spec, Path out, long maxShardBytes, boolean overwrite, int threads) {
        this.spec = spec;
        this.out = out;
        this.overwrite = overwrite;
        this.threads = threads;
        layout = ShardLayout.of(spec.shape().tensors(spec.dtype()), maxShardBytes);
    }

    /** Of all models together. */
    long totalBytes() {
        return Math.multiplyExact(spec.models(), layout.totalFileBytes());
    }

    ProgressWatch.Counts counts() {
        return new ProgressWatch.Counts(
                phase, doneBytes.get(), Math.multiplyExact(spec.models(), layout.tensorBytes()));
    }

    /** From any thread; the model that is being written is given up, whole ones stay. */
    void stop() {
        stopped = true;
    }

    void write() throws IOException, InterruptedException, StoppedException {
        for (int model = 0; model < spec.models(); model++) {
            phase = SynthSpec.folder(model);
            try (CheckpointWriter writer = CheckpointWriter.create(out.resolve(phase), layout, overwrite)) {
                writeTensors(writer, model);
                writer.addFile("config.json", configJson());
                writer.publish();
            }
        }
    }

    void writeSparse() throws IOException {
        for (int model = 0; model < spec.models(); model++) {
            new SparseModel(out.resolve(SynthSpec.folder(model)), layout).write(configJson());
        }
    }

    private byte[] configJson() {
        return JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .build()
                .writeValueAsBytes(spec.shape().config(spec.dtype()));
    }

    private void writeTensors(CheckpointWriter writer, int model)
            throws IOException, InterruptedException, StoppedException {
        SynthTiles tiles = new SynthTiles(layout.tensors());
        try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                running.add(workers.submit(() -> {
                    try {
                        writeTiles(tiles, writer, model);
                    } finally {
                        tiles.drop(); // after a failure the others have nothing left to do
                    }
                    return null;
                }));
            }
            for (Future<?> worker : running) {
                await(worker);
            }
        }
        if (stopped) {
            throw new StoppedException(out.resolve(phase) + ": stopped; it is taken away, what was complete stays");
        }
    }

    private static void await(Future<?> worker) throws IOException, InterruptedException {
        try {
            worker.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException io -> throw io;
                case RuntimeException bug -> throw bug;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }

    private void writeTiles(SynthTiles tiles, CheckpointWriter writer, int model) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            SynthTile tile = new SynthTile(spec, Kernels.best(), arena);
            int width = spec.dtype().bits() / Byte.SIZE;
            for (Tile next = tiles.next(); next != null && !stopped; next = tiles.next()) {
                TensorInfo tensor = layout.tensors().get(next.tensor());
                long offsetBytes = next.firstElement() * width;
                writer.write(next.tensor(), offsetBytes, tile.of(model, tensor, next.firstElement(), next.elements()));
                doneBytes.addAndGet((long) next.elements() * width);
            }
        }
    }
}
