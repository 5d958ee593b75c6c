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
 * The scan for NaN and infinities, strip after strip, round and round the same data; every seventh strip ends in one, so
 * that no strip can be left out unnoticed.
 */
@State(Scope.Thread)
public class FiniteBenchmark {
    private static final int STRIP = KernelBenchmark.STRIP;

    @Param
    public StoredFormat format = StoredFormat.BF16;

    @Param({"L2", "DRAM"})
    public DataSize data = DataSize.L2;

    @Param
    public Twin twin = Twin.VECTOR;

    @SuppressWarnings("NullAway.Init") // by JMH, which calls the setup first
    private Codec codec;

    private MemorySegment stored = MemorySegment.NULL;
    private long strips;
    private long found;
    private long passes;

    @Setup
    public void fill() {
        codec = format.codec(twin.kernels());
        stored = Arena.ofAuto().allocate(data.bytes(), 64);
        strips = stored.byteSize() / format.bytes() / STRIP;
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
