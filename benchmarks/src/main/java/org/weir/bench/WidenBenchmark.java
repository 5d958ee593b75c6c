package org.weir.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Stored elements to floats, as a merge does it: the stored side goes round in the data, the floats are one strip in the
 * L1 cache. Only stored bytes count. One element of each strip goes into a sum, at another place each time, so that no
 * strip can be left out unnoticed.
 */
public class WidenBenchmark extends CodecBenchmark {
    private final float[] strip = new float[STRIP];

    private long witness;
    private long passes;

    @Setup
    public void fill() {
        allocate();
        for (long i = 0; i < strips * STRIP; i++) {
            StoredBits.set(stored, format, i, format.someBits(i));
        }
    }

    @Benchmark
    public void widen(OperandBytes operands) {
        for (long s = 0; s < strips; s++) {
            codec.widen(stored, s * STRIP * format.bytes(), strip, STRIP);
            witness += Float.floatToRawIntBits(strip[witnessAt(s)]);
        }
        passes++;
        operands.bytes += stored.byteSize();
    }

    private static int witnessAt(long s) {
        return (int) (s * 31 % STRIP);
    }

    @TearDown(Level.Iteration)
    public void check() {
        long expected = 0;
        for (long s = 0; s < strips; s++) {
            expected += Float.floatToRawIntBits((float) format.value(format.someBits(s * STRIP + witnessAt(s))));
        }
        if (witness != passes * expected) {
            throw new IllegalStateException("sum of witnesses: found " + witness + ", expected " + passes * expected);
        }
        for (int i = 0; i < STRIP; i++) {
            float value = (float) format.value(format.someBits((strips - 1) * STRIP + i));
            if (strip[i] != value) {
                throw new IllegalStateException("element " + i + ": found " + strip[i] + ", expected " + value);
            }
        }
        witness = 0;
        passes = 0;
    }
}
