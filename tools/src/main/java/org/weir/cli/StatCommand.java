package org.weir.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.weir.checkpoint.Printable;
import org.weir.engine.RunningMerge;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Looks at merges that other processes run. */
@Command(
        name = "stat",
        sortOptions = false,
        description = {
            "Show your running merges from outside: how far they are and where the time goes.",
            "On a terminal again every second until they end, else once."
        })
final class StatCommand implements Callable<Integer> {
    private static final long INTERVAL_MILLIS = 1000;
    private static final String CLEAR = "\033[H\033[J";

    private final Output output;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "DIR|PID",
            description = "The output folder or the process of one merge; default: all of yours.")
    private @Nullable String which;

    @Option(names = "--once", description = "Show them once, on a terminal too.")
    private boolean once;

    StatCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<RunningMerge> merges = find();
        if (merges.isEmpty() && which != null) {
            output.problem("no merge of yours runs as " + which + " or writes there");
            return ExitCode.INPUT;
        }
        if (output.isJson()) {
            merges.forEach(merge -> output.result(StatText.json(merge)));
        } else if (merges.isEmpty()) {
            output.result("no merge is running");
        } else if (once || !ProgressView.isTerminal(1)) {
            merges.forEach(
                    merge -> StatText.lines(merge, StatText.average(merge)).forEach(output::result));
        } else {
            watch(merges);
        }
        return ExitCode.DONE;
    }

    private List<RunningMerge> find() throws IOException {
        List<RunningMerge> found = new ArrayList<>();
        for (RunningMerge merge : RunningMerge.all()) {
            if (which == null || which.equals(Long.toString(merge.pid())) || isAt(merge, Path.of(which))) {
                found.add(merge);
            }
        }
        return found;
    }

    private static boolean isAt(RunningMerge merge, Path folder) throws IOException {
        Path absolute = folder.toAbsolutePath().normalize();
        // The folder itself appears at the end; until then only the one that it will be in can have links in its path.
        Path parent = absolute.getParent();
        return merge.name().equals(absolute.toString())
                || (parent != null
                        && Files.exists(parent)
                        && merge.name()
                                .equals(parent.toRealPath()
                                        .resolve(absolute.getFileName())
                                        .toString()));
    }

    private void watch(List<RunningMerge> merges) throws IOException, InterruptedException {
        List<Watched> watched = merges.stream().map(Watched::new).toList();
        boolean running = true;
        while (running) {
            running = false;
            StringBuilder screen = new StringBuilder(CLEAR);
            for (Watched one : watched) {
                running |= one.look();
                one.lines.forEach(line -> screen.append(Printable.line(line)).append(System.lineSeparator()));
            }
            output.out().print(screen);
            output.out().flush();
            if (running) {
                Thread.sleep(INTERVAL_MILLIS);
            }
        }
    }

    /** One merge from look to look. */
    private static final class Watched {
        private final Pace pace;
        private RunningMerge last;
        private List<String> lines = List.of();

        Watched(RunningMerge merge) {
            last = merge;
            pace = new Pace(System.nanoTime(), merge.doneBytes());
        }

        /** Whether it will be worth another look. */
        boolean look() throws IOException {
            Optional<RunningMerge> now = last.now();
            if (now.isEmpty()) {
                lines = List.of("process " + last.pid() + " has ended: " + last.name());
                return false;
            }
            last = now.get();
            lines = StatText.lines(last, pace.bytesPerSecond(System.nanoTime(), last.doneBytes()));
            return last.alive();
        }
    }
}
