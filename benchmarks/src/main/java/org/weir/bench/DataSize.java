package org.weir.bench;

/** How much data a benchmark goes round in. */
public enum DataSize {
    /** Half of the usual 1 MiB or more of a core's L2, well above its L1. */
    L2(512 << 10),
    /** Several times the share of the L3 that one core may hope for. */
    DRAM(128 << 20);

    private final int bytes;

    DataSize(int bytes) {
        this.bytes = bytes;
    }

    int bytes() {
        return bytes;
    }
}
