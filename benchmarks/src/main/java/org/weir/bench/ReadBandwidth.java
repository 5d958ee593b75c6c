package org.weir.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** How fast one thread reads memory when it does nothing else: what the kernels are compared with. */
@State(Scope.Thread)
public class ReadBandwidth {
    @Param({"L2", "DRAM"})
    public DataSize data = DataSize.L2;

    private MemorySegment bytes = MemorySegment.NULL;
    private long sum;
    private long passes;

    @Setup
    public void fill() {
        bytes = Arena.ofAuto().allocate(data.bytes(), 64);
        for (long i = 0; i < bytes.byteSize() / 8; i++) {
            bytes.setAtIndex(ValueLayout.JAVA_LONG, i, i);
        }
    }

    @Benchmark
    public void read(OperandBytes operands) {
        sum += Sum.of(bytes);
        passes++;
        operands.bytes += bytes.byteSize();
    }

    @TearDown(Level.Iteration)
    public void check() {
        long words = bytes.byteSize() / 8;
        if (sum != passes * (words * (words - 1) / 2)) {
            throw new IllegalStateException("the sum of " + passes + " passes is wrong: " + sum);
        }
    }
}
