package org.weir.engine;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Where finished tiles go; called by all workers at once. */
@FunctionalInterface
public interface TileSink {

    /**
     * Takes a tile.
     *
     * @param tensor index of the tensor in the plan
     * @param offsetBytes where in the tensor it belongs
     * @param bytes the worker's own memory, good until this returns
     */
    void write(int tensor, long offsetBytes, MemorySegment bytes) throws IOException;
}
