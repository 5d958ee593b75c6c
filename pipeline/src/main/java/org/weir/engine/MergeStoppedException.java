package org.weir.engine;

/** The merge was asked to stop before it was done. */
public final class MergeStoppedException extends Exception {

    private static final long serialVersionUID = 1L;

    MergeStoppedException() {
        super("stopped before the end");
    }
}
