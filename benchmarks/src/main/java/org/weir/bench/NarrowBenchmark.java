package org.weir.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.weir.simd.Codec;

/**
 * Floats to stored elements, as a merge does it: one strip in the L1 cache is written round and round the data. Only
 * stored bytes count. The floats lie beside numbers of the format, so that the result says whether it was rounded.
 */
@State(Scope.Thread)
public class NarrowBenchmark {
    private static final int STRIP = KernelBenchmark.STRIP;

    @Param
    public StoredFormat format = StoredFormat.BF16;

    @Param({"L2", "DRAM"})
    public DataSize data = DataSize.L2;

    @Param
    public Twin twin = Twin.VECTOR;

    private final float[] strip = new float[STRIP];

    @SuppressWarnings("NullAway.Init") // by JMH, which calls the setup first
    private Codec codec;

    private MemorySegment stored = MemorySegment.NULL;
    private long strips;

    @Setup
    public void fill() {
        codec = format.codec(twin.kernels());
        stored = Arena.ofAuto().allocate(data.bytes(), 64);
        strips = stored.byteSize() / format.bytes() / STRIP;
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
