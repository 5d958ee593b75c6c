package org.weir.cli;

import java.io.PrintStream;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * A bar that is drawn over and over. The bar is ASCII and its width comes from the launcher: to ask for the terminal's
 * the library starts JLine, which takes SIGINT away from the JVM, and a stop would no longer be clean.
 */
final class ProgressOnTerminal implements ProgressView {
    private static final int COLUMNS = columns(Integer.getInteger("weir.columns", 0));

    private final PrintStream err;
    private @Nullable ProgressBar bar;
    private volatile @Nullable Duration left;

    ProgressOnTerminal(PrintStream err) {
        this.err = err;
    }

    /** One less than the terminal has, so that the cursor stays in the line; 79 where nobody knows. */
    static int columns(int ofTerminal) {
        return ofTerminal < 20 ? 79 : Math.min(ofTerminal - 1, 79);
    }

    @Override
    public Duration interval() {
        return Duration.ofMillis(500);
    }

    @Override
    public void show(Reading now) {
        OptionalDouble seconds = now.secondsLeft();
        left = seconds.isPresent() ? Duration.ofSeconds(Math.round(seconds.getAsDouble())) : null;
        ProgressBar shown = bar;
        if (shown == null || !shown.getTaskName().equals(now.phase())) {
            close();
            shown = barFor(now);
            bar = shown;
        }
        shown.maxHint(now.totalBytes());
        shown.stepTo(now.doneBytes());
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
            err.print("\r" + " ".repeat(COLUMNS) + "\r"); // the library leaves a bar that it has drawn once only
        }
    }

    private ProgressBar barFor(Reading now) {
        boolean large = now.totalBytes() >= 100_000_000_000L;
        DecimalFormat speed = new DecimalFormat("0.00", DecimalFormatSymbols.getInstance(Locale.ROOT));
        return new ProgressBarBuilder()
                .setTaskName(now.phase())
                .setInitialMax(now.totalBytes())
                .startsFrom(now.doneBytes(), Duration.ofMillis(Math.round(now.seconds() * 1000)))
                .setUnit(large ? " GB" : " MB", large ? 1_000_000_000L : 1_000_000L)
                .showSpeed(speed)
                .setEtaFunction(_ -> Optional.ofNullable(left))
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis((int) interval().toMillis())
                .setConsumer(new DelegatingProgressBarConsumer(line -> err.print("\r" + line), COLUMNS))
                .build();
    }
}
