package org.weir.bench;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.weir.engine.Merge;
import org.weir.engine.MergeProgress;
import org.weir.plan.MergeConfig;
import org.weir.plan.MergeOptions;
import org.weir.plan.MergePlan;
import org.weir.plan.Planner;

/**
 * A merge that says when a fifth of its bytes was behind it: {@code weir merge} shows its progress once a second, and that
 * is too seldom. Prints the share that was left at that moment and the seconds that it took, durable output included.
 */
final class SteadyMerge {
    private SteadyMerge() {}

    public static void main(String[] arguments) throws Exception {
        Path out = Path.of(arguments[1]);
        MergeConfig config = MergeConfig.read(Path.of(arguments[0]));
        try (MergePlan plan =
                Planner.plan(config, Path.of(""), System.getenv(), MergeOptions.defaults(), Optional.of(out))) {
            MergeProgress progress = new MergeProgress();
            Watcher watcher = new Watcher(progress);
            watcher.start();
            try (Merge merge = Merge.begin(plan, out, progress, false)) {
                merge.run();
            }
            long end = System.nanoTime();
            watcher.join();
            double seconds = (end - watcher.fifthNanos) / (double) TimeUnit.SECONDS.toNanos(1);
            System.out.printf(Locale.ROOT, "share left %.6f, seconds %.6f%n", watcher.shareLeft, seconds);
        }
    }

    private static final class Watcher extends Thread {
        private final MergeProgress progress;
        private double shareLeft;
        private long fifthNanos;

        Watcher(MergeProgress progress) {
            this.progress = progress;
            setDaemon(true); // a merge that fails ends the process
        }

        @Override
        public void run() {
            long done;
            long total;
            do {
                try {
                    Thread.sleep(1);
                } catch (InterruptedException e) {
                    return;
                }
                done = progress.doneBytes();
                total = progress.totalBytes();
            } while (total == 0 || done < total / 5);
            fifthNanos = System.nanoTime();
            shareLeft = 1 - (double) done / total;
        }
    }
}
