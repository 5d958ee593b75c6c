package org.weir.engine;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.weir.checkpoint.CheckpointWriter;
import org.weir.checkpoint.Checksums;
import org.weir.checkpoint.InputChangedException;
import org.weir.checkpoint.NotEnoughSpaceException;
import org.weir.checkpoint.Recovery;
import org.weir.plan.Input;
import org.weir.plan.MergePlan;

/**
 * A merge from plan to published folder: whole under its name, or not there at all. What an interrupted one has finished
 * is gone on with.
 */
public final class Merge implements AutoCloseable {

    private final MergePlan plan;
    private final MergeProgress progress;
    private final MergeEngine engine;
    private final CheckpointWriter writer;
    private volatile boolean stopped;

    private Merge(MergePlan plan, MergeProgress progress, CheckpointWriter writer) {
        this.plan = plan;
        this.progress = progress;
        this.writer = writer;
        this.engine = new MergeEngine(plan, progress, false);
    }

    /**
     * Takes the output, and what an interrupted merge has left there.
     *
     * @param goOn false to begin anew in any case
     * @throws IOException if the place cannot be taken, by the rules of {@link CheckpointWriter#create}
     */
    public static Merge begin(MergePlan plan, Path out, MergeProgress progress, boolean goOn) throws IOException {
        return new Merge(
                plan,
                progress,
                CheckpointWriter.resume(
                        out,
                        plan.layout(),
                        plan.options().overwrite(),
                        plan.outputPages(),
                        MergeIdentity.of(plan),
                        goOn));
    }

    /** What an interrupted merge left that {@link #run} goes on with. */
    public Optional<Recovery> recovery() {
        return writer.recovery();
    }

    /** Why it does not go on with what an interrupted merge left, if there was one. */
    public Optional<String> obstacle() {
        return writer.obstacle();
    }

    /**
     * Merges, writes the files beside the weights, and publishes.
     *
     * @throws IOException if an input changed or the output could not be written; the message says what is left then
     */
    public MergeReport run() throws IOException, MergeStoppedException {
        try {
            recover();
            MergeReport report = engine.run(new Staged(writer));
            requireInputsUnchanged();
            progress.enter(MergeProgress.Phase.PUBLISHING);
            long start = System.nanoTime();
            new OutputFiles(plan).writeTo(writer);
            Checksums checksums = writer.finish();
            MergeReport whole = report.published(Duration.ofNanos(System.nanoTime() - start));
            writer.publish(new MergeManifest(plan, whole, checksums, recovery().isPresent()));
            return report.published(Duration.ofNanos(System.nanoTime() - start));
        } catch (MergeStoppedException e) {
            throw new MergeStoppedException("stopped" + whatIsLeft());
        } catch (InputChangedException e) {
            if (inputsChanged()) {
                writer.discard();
                throw e;
            }
            // Only the disk failed: that may be over the next time.
            throw new IOException(e.getMessage() + whatIsLeft(), e);
        } catch (UnusableValueException e) {
            writer.discard(); // the same command would end at the same place
            throw e;
        } catch (IOException e) {
            throw e instanceof NotEnoughSpaceException || e.getClass() == IOException.class
                    ? new IOException(e.getMessage() + whatIsLeft(), e)
                    : e; // it says more by its type
        }
    }

    /** Where the output goes, with what is there already. */
    private record Staged(CheckpointWriter writer) implements TileSink {
        @Override
        public void write(int tensor, long offsetBytes, MemorySegment bytes, ByteBuffer found) throws IOException {
            writer.write(tensor, offsetBytes, bytes, found);
        }

        @Override
        public long firstMissing(int tensor, long begin, long end) {
            return writer.firstMissing(tensor, begin, end);
        }

        @Override
        public long missingUntil(int tensor, long begin, long end) {
            return writer.missingUntil(tensor, begin, end);
        }
    }

    private void recover() throws IOException, MergeStoppedException {
        if (recovery().isPresent()) {
            Recovery recovery = recovery().get();
            progress.enter(MergeProgress.Phase.RECOVERING);
            progress.begin(recovery.claimedBytes());
            recovery.run(plan.memory().workers(), () -> stopped, engine::finished, progress::advance);
            if (stopped) {
                throw new MergeStoppedException();
            }
        }
    }

    private void requireInputsUnchanged() throws InputChangedException {
        for (Input input : plan.files()) {
            input.checkpoint().requireUnchanged();
        }
    }

    private boolean inputsChanged() {
        try {
            requireInputsUnchanged();
            return false;
        } catch (InputChangedException e) {
            return true;
        }
    }

    /** What to tell of a merge that ended before its time. */
    public String whatIsLeft() {
        return writer.leaves()
                .map(folder -> "; what is finished is in " + folder + ", and the same command goes on from there")
                .orElse("; nothing is left of the output");
    }

    /** Makes {@link #run} end soon with a {@link MergeStoppedException} unless it is publishing already. */
    public void stop() {
        stopped = true;
        engine.stop();
    }

    /** Lets the output go. What is finished of it stays for the next merge, unless it is worth nothing. */
    @Override
    public void close() throws IOException {
        writer.close();
    }
}
