package org.weir.cli;

import java.io.PrintStream;
import java.time.Duration;

/** A line every few seconds, for logs. */
record ProgressLines(PrintStream err) implements ProgressView {
    @Override
    public Duration interval() {
        return Duration.ofSeconds(3);
    }

    @Override
    public void show(Reading now) {
        String percent = now.totalBytes() > 0 ? 100 * now.doneBytes() / now.totalBytes() + " %, " : "";
        String left = now.secondsLeft().isPresent()
                ? ", " + Seconds.text(now.secondsLeft().getAsDouble()) + " left"
                : "";
        err.println(now.phase() + ": " + ByteSize.text(now.doneBytes()) + " of " + ByteSize.text(now.totalBytes())
                + ", " + percent + ByteSize.rate(now.doneBytes(), now.seconds()) + left);
    }

    @Override
    public void close() {}
}
