package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private static final Reading HALF = new Reading("merging", 5_000_000_000L, 10_000_000_000L, 9, 1.25e9);

    @Test
    void aLineHasBytesShareRateAndTimeLeft() {
        String line = written(err -> new ProgressLines(err).show(HALF));
        assertEquals("merging: 5.00 GB of 10.0 GB, 50 %, 1.25 GB/s, 4.00 s left\n", line);
    }

    @Test
    void nothingIsPromisedBeforeThereIsARate() {
        String line = written(err -> new ProgressLines(err).show(new Reading("merging", 0, 10, 2, 0)));
        assertEquals("merging: 0 B of 10 B, 0 %, 0 B/s\n", line);
        assertEquals(
                "merging: 0 B of 0 B, 0 B/s\n",
                written(err -> new ProgressLines(err).show(new Reading("merging", 0, 0, 2, 0))));
    }

    @Test
    void theFirstMomentsPromiseNothing() {
        assertTrue(new Reading("merging", 5, 26_700, 2, 2.5).secondsLeft().isEmpty());
        assertTrue(new Reading("merging", 300, 26_700, 2, 150).secondsLeft().isPresent());
        assertTrue(new Reading("merging", 5, 26_700, 30, 0.2).secondsLeft().isPresent());
    }

    @Test
    void theBarStaysWithinANarrowTerminal() {
        assertEquals(39, ProgressOnTerminal.columns(40));
        assertEquals(79, ProgressOnTerminal.columns(200));
        assertEquals(79, ProgressOnTerminal.columns(0));
    }

    @Test
    void anEventIsAnObjectOnALine() {
        String line = written(err -> new ProgressEvents(new Output(err, err)).show(HALF));
        assertEquals(
                "{\"event\":\"progress\",\"phase\":\"merging\",\"doneBytes\":5000000000,\"totalBytes\":10000000000,"
                        + "\"bytesPerSecond\":1250000000,\"secondsLeft\":4}\n",
                line);
    }

    @Test
    void theBarIsPlainAsciiAndLeavesNothingBehind() {
        String drawn = written(err -> {
            try (ProgressOnTerminal bar = new ProgressOnTerminal(err)) {
                bar.show(HALF);
                bar.show(new Reading("publishing", 10_000_000_000L, 10_000_000_000L, 8, 1e9));
            }
        });
        assertTrue(drawn.contains("merging") && drawn.contains("publishing"), drawn);
        assertTrue(drawn.chars().allMatch(c -> c == '\r' || (c >= ' ' && c < 0x7f)), drawn);
        String last = drawn.substring(drawn.lastIndexOf('\r', drawn.length() - 2));
        assertTrue(last.isBlank(), drawn);
    }

    @Test
    void aRunOfAMomentIsSilent() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(err, true, StandardCharsets.UTF_8);
        try (ProgressWatch _ =
                ProgressWatch.start(new Output(print, print), () -> new ProgressWatch.Counts("merging", 1, 2))) {
            Thread.onSpinWait();
        }
        assertEquals(List.of(), err.toString(StandardCharsets.UTF_8).lines().toList());
    }

    @Test
    void theRateForgetsASlowStart() {
        Pace pace = new Pace(0);
        assertEquals(0, pace.bytesPerSecond(2_000_000_000L, 0));
        double rate = 0;
        for (int second = 3; second < 20; second++) {
            rate = pace.bytesPerSecond(second * 1_000_000_000L, (second - 2) * 100L);
        }
        assertEquals(100, rate);
    }

    private static String written(Consumer<PrintStream> writer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        writer.accept(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
