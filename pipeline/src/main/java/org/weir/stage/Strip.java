package org.weir.stage;

/**
 * A short run of consecutive elements of one tensor, widened to floats, small enough to stay in the L1 cache.
 *
 * <p>One buffer that is moved along the tensor. A strip never crosses the end of a block:
 *
 * <pre>
 *   tensor  |----------- block 0 -----------|----------- block 1 -----------|-- block 2 --|
 *   strips  |2048|2048| ...                 |2048|2048| ...
 * </pre>
 *
 * Blocks are counted through the whole model (tensors in the order of their names), whatever tiles and shards look like,
 * so that what is summed or ranked by block comes out the same however the work was cut.
 */
public final class Strip {

    /** Elements of a full strip: 8 KiB of floats. */
    public static final int ELEMENTS = 2048;

    /** Elements of a block, the unit in which surveys join their partial results. */
    public static final int BLOCK_ELEMENTS = 1 << 18;

    /**
     * Floats of a strip's array. Arrays made one after the other lie side by side, and were they 8 KiB each, the same
     * element of all would have the same last 12 bits of its address: then loads wait for stores that only look like
     * theirs. Measured: a vote over five lanes takes 1.3 to 1.6 times as long.
     */
    public static final int ARRAY_ELEMENTS = ELEMENTS + 272;

    private final float[] values = new float[ARRAY_ELEMENTS];
    private int length;
    private long firstElement;
    private int block;

    /** The elements; those from {@link #length} on are left over from elsewhere. */
    public float[] values() {
        return values;
    }

    /** How many elements there are, at most {@link #ELEMENTS}. */
    public int length() {
        return length;
    }

    /** Index within the tensor of the first one. */
    public long firstElement() {
        return firstElement;
    }

    /** Which block of the model this lies in. */
    public int block() {
        return block;
    }

    /** Index of the first element within its block. */
    public int offsetInBlock() {
        return (int) (firstElement % BLOCK_ELEMENTS);
    }

    /**
     * Moves the strip.
     *
     * @param tensorBlock the block in which the tensor begins
     * @param first index of its first element within the tensor
     * @param end where to stop at the latest; the strip may end before, at its full size or at the end of the block
     */
    public void moveTo(int tensorBlock, long first, long end) {
        long left = Math.min(end - first, BLOCK_ELEMENTS - first % BLOCK_ELEMENTS);
        firstElement = first;
        length = (int) Math.min(left, ELEMENTS);
        block = tensorBlock + Math.toIntExact(first / BLOCK_ELEMENTS);
    }

    /** The number of blocks that a tensor takes. */
    public static int blocks(long elements) {
        return Math.toIntExact(Math.ceilDiv(elements, (long) BLOCK_ELEMENTS));
    }
}
