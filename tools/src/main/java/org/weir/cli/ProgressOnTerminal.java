package org.weir.cli;

import java.io.PrintStream;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * A bar that is drawn over and over. The width is fixed and the bar is ASCII: to ask for the terminal's width the
 * library starts JLine, which takes SIGINT away from the JVM, and a stop would no longer be clean.
 */
final class ProgressOnTerminal implements ProgressView {
    private static final int COLUMNS = 79;

    private final PrintStream err;
    private @Nullable ProgressBar bar;

    ProgressOnTerminal(PrintStream err) {
        this.err = err;
    }

    @Override
    public Duration interval() {
        return Duration.ofMillis(500);
    }

    @Override
    public void show(Reading now) {
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
        }
    }

    private ProgressBar barFor(Reading now) {
        boolean large = now.totalBytes() >= 10_000_000_000L;
        DecimalFormat speed = new DecimalFormat("0.00", DecimalFormatSymbols.getInstance(Locale.ROOT));
        return new ProgressBarBuilder()
                .setTaskName(now.phase())
                .setInitialMax(now.totalBytes())
                .startsFrom(now.doneBytes(), Duration.ofMillis(Math.round(now.seconds() * 1000)))
                .setUnit(large ? " GB" : " MB", large ? 1_000_000_000L : 1_000_000L)
                .showSpeed(speed)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis((int) interval().toMillis())
                .setConsumer(new DelegatingProgressBarConsumer(line -> err.print("\r" + line), COLUMNS))
                .clearDisplayOnFinish()
                .build();
    }
}
