package org.weir.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The scan for NaN and infinities, strip after strip, round and round the same data; every seventh strip ends in one, so
 * that no strip can be left out unnoticed.
 */
public class FiniteBenchmark extends CodecBenchmark {
    private long found;
    private long passes;

    @Setup
    public void fill() {
        allocate();
        for (long s = 0; s < strips; s += 7) {
            codec.narrow(new float[] {Float.NaN}, 1, stored, ((s + 1) * STRIP - 1) * format.bytes());
        }
    }

    @Benchmark
    public void scan(OperandBytes operands) {
        for (long s = 0; s < strips; s++) {
            found += codec.allFinite(stored, s * STRIP * format.bytes(), STRIP) ? 0 : 1;
        }
        passes++;
        operands.bytes += stored.byteSize();
    }

    @TearDown(Level.Iteration)
    public void check() {
        long expected = passes * Math.ceilDiv(strips, 7L);
        if (found != expected) {
            throw new IllegalStateException("strips that are not finite: found " + found + ", expected " + expected);
        }
        found = 0;
        passes = 0;
    }
}
