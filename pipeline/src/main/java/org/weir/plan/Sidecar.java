package org.weir.plan;

import java.util.OptionalInt;
import java.util.OptionalLong;
import org.weir.checkpoint.PageCache;

/**
 * How a merge behaves beside other work on its machine.
 *
 * @param readLimit the most bytes of input per second
 * @param writeLimit the most bytes of output per second
 * @param pageCache what becomes of the pages of inputs and output
 * @param nice the niceness of the process, 0 to 19
 */
public record Sidecar(OptionalLong readLimit, OptionalLong writeLimit, PageCache pageCache, OptionalInt nice) {

    private static final int LEAST_NICE = 0;
    private static final int MOST_NICE = 19;

    public Sidecar {
        if (readLimit.orElse(1) < 1 || writeLimit.orElse(1) < 1) {
            throw new IllegalArgumentException("a limit must be at least 1 byte per second");
        }
        if (nice.isPresent() && (nice.getAsInt() < LEAST_NICE || nice.getAsInt() > MOST_NICE)) {
            throw new IllegalArgumentException("--nice " + nice.getAsInt() + " is not from 0 to 19");
        }
    }

    /** The machine is this merge's own. */
    public static Sidecar none() {
        return new Sidecar(OptionalLong.empty(), OptionalLong.empty(), PageCache.KEEP, OptionalInt.empty());
    }
}
