package org.weir.engine;

/** The merge was asked to stop before it was done. */
public final class MergeStoppedException extends Exception {

    private static final long serialVersionUID = 1L;

    MergeStoppedException() {
        this("stopped before the end");
    }

    MergeStoppedException(String message) {
        super(message);
    }
}
