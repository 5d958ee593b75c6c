package org.weir.stage;

/** One step of arithmetic: it measures before output, rewrites one expert's strip, or joins the experts. */
public sealed interface Stage permits Measurement, TileOp, Fold {

    /** The name under which its time is reported, in lower case. */
    String label();

    /** Whether its loops, or those of what it becomes, are among the largest, which the compiler needs more memory for. */
    default boolean hasLargeLoops() {
        return false;
    }
}
