package org.weir.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.weir.checkpoint.CheckpointWriter;
import org.weir.plan.Input;
import org.weir.plan.MergePlan;

/** A merge from plan to published folder: whole under its name, or not there at all. */
public final class Merge {

    private final MergePlan plan;
    private final Path out;
    private final MergeProgress progress;
    private final MergeEngine engine;

    public Merge(MergePlan plan, Path out, MergeProgress progress) {
        this.plan = plan;
        this.out = out;
        this.progress = progress;
        this.engine = new MergeEngine(plan, progress, false);
    }

    /**
     * Merges, writes the files beside the weights, and publishes.
     *
     * @throws IOException if an input changed or the output could not be written; nothing is left then
     */
    public MergeReport run() throws IOException, MergeStoppedException {
        try (CheckpointWriter writer =
                CheckpointWriter.create(out, plan.layout(), plan.options().overwrite(), plan.outputPages())) {
            MergeReport report = engine.run(writer::write);
            for (Input input : plan.inputs()) {
                input.checkpoint().requireUnchanged();
            }
            progress.enter(MergeProgress.Phase.PUBLISHING);
            long start = System.nanoTime();
            new OutputFiles(plan).writeTo(writer);
            writer.publish();
            return report.published(Duration.ofNanos(System.nanoTime() - start));
        }
    }

    /** Makes {@link #run} end soon with a {@link MergeStoppedException} unless it is publishing already. */
    public void stop() {
        engine.stop();
    }
}
