package org.weir.checkpoint;

/** What becomes of the pages of files that were read or written. */
public enum PageCache {
    /** The kernel keeps them while it has room: who reads the files again finds them in memory. */
    KEEP,
    /** They are let go as soon as they are done with, so that other programs' pages stay. */
    DROP
}
