package org.weir.engine;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What measuring costs a merge: all that the meter is told about one tile, counters in a mapped file included. A tile of
 * 1M elements of nine bf16 models takes milliseconds, a tensor of 1 KB some ten microseconds.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MeterBenchmark {
    private static final int STRIPS = 512;

    private final CounterFile file = CounterFile.create("benchmark", 1, false);
    private final StageMeter meter = new StageMeter(0, false, new CounterMeter(file, 0));
    private long tiles;

    @Setup
    public void begin() {
        meter.begin();
    }

    @Benchmark
    public void tile() {
        meter.lap(StageTime.PREFAULT, 1 << 20, 18 << 20);
        meter.rest("merge", 1 << 20, 18 << 20);
        meter.lap(StageTime.WRITE, 1 << 20, 2 << 20);
        meter.lap(StageTime.RELEASE, 1 << 20, 0);
        meter.tileDone();
        tiles++;
    }

    /** The calls that a merge passes by without a clock: base and eight experts, three stages each. */
    @Benchmark
    public void stagesNotClocked() {
        for (int i = 0; i < STRIPS * 9 * 3; i++) {
            meter.stage("widen", 2048, 4096);
        }
    }

    @TearDown
    public void check() {
        file.close();
        long counted = meter.times().stream().mapToLong(StageTime::bytes).sum();
        if (counted != tiles * (38L << 20)) {
            throw new IllegalStateException(tiles + " tiles, " + counted + " bytes");
        }
    }
}
