package org.weir.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.weir.plan.MergePlan;

/** A merge whose output is thrown away, with every stage run and clocked by itself. */
public final class Profile {

    private final MergeEngine engine;
    private volatile boolean timeIsUp;

    public Profile(MergePlan plan, MergeProgress progress) {
        this.engine = new MergeEngine(plan, progress, true);
    }

    /**
     * Merges until everything is merged, or the time is up.
     *
     * @throws IOException if an input cannot be read
     */
    public MergeReport run(Optional<Duration> limit) throws IOException, MergeStoppedException {
        Thread timer = Thread.ofPlatform().daemon().name("time-limit").unstarted(() -> sleep(limit.orElseThrow()));
        if (limit.isPresent()) {
            timer.start();
        }
        try {
            return engine.run((tensor, offsetBytes, bytes, found) -> {});
        } catch (MergeStoppedException stopped) {
            if (!timeIsUp) {
                throw stopped;
            }
            return engine.report();
        } finally {
            timer.interrupt();
        }
    }

    private void sleep(Duration limit) {
        try {
            Thread.sleep(limit);
            timeIsUp = true;
            engine.stop();
        } catch (InterruptedException e) {
            // It was done before.
        }
    }

    /** Makes {@link #run} end soon with a {@link MergeStoppedException}; from any thread. */
    public void stop() {
        engine.stop();
    }
}
