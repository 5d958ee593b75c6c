package org.weir.stage;

/** One step of arithmetic: it measures before output, rewrites one expert's strip, or joins the experts. */
public sealed interface Stage permits Measurement, TileOp, Fold {

    /** The name under which its time is reported, in lower case. */
    String label();
}
