package org.weir.bench;

import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What is measured of whatever has two twins: each of them, in the cache and out of it, strip by strip as in a merge. */
@State(Scope.Thread)
public abstract class TwinBenchmark {
    /** Elements of a strip, as in a merge. */
    static final int STRIP = 2048;

    @Param({"L2", "DRAM"})
    public DataSize data = DataSize.L2;

    @Param
    public Twin twin = Twin.VECTOR;
}
