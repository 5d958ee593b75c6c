package org.weir.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Floats to stored elements, as a merge does it: one strip in the L1 cache is written round and round the data. Only
 * stored bytes count. The floats lie beside numbers of the format, so that the result says whether it was rounded.
 */
public class NarrowBenchmark extends CodecBenchmark {
    private final float[] strip = new float[STRIP];

    @Setup
    public void fill() {
        allocate();
        for (int i = 0; i < STRIP; i++) {
            strip[i] = format.near(format.someBits(i));
        }
    }

    @Benchmark
    public void narrow(OperandBytes operands) {
        for (long s = 0; s < strips; s++) {
            codec.narrow(strip, STRIP, stored, s * STRIP * format.bytes());
        }
        operands.bytes += stored.byteSize();
    }

    /** Also clears what was written, so that the next iteration has to write it again. */
    @TearDown(Level.Iteration)
    public void check() {
        for (long i = 0; i < strips * STRIP; i++) {
            long found = StoredBits.get(stored, format, i);
            long expected = format.someBits(i % STRIP);
            if (found != expected) {
                throw new IllegalStateException("element " + i + " of " + format + ": found bits "
                        + Long.toHexString(found) + ", expected " + Long.toHexString(expected));
            }
        }
        stored.fill((byte) 0);
    }
}
