package org.weir.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Param;
import org.weir.simd.Codec;

/** What the benchmarks of codecs go over: stored elements of one format, a whole number of strips. */
public abstract class CodecBenchmark extends TwinBenchmark {
    @Param
    public StoredFormat format = StoredFormat.BF16;

    @SuppressWarnings("NullAway.Init") // by JMH, which calls the setup first
    Codec codec;

    MemorySegment stored = MemorySegment.NULL;
    long strips;

    /** To be called by a setup first. */
    final void allocate() {
        codec = format.codec(twin.kernels());
        stored = Arena.ofAuto().allocate(data.bytes(), 64);
        strips = stored.byteSize() / format.bytes() / STRIP;
    }
}
