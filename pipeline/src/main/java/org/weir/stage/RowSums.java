package org.weir.stage;

/**
 * Sums over each row of a tensor that is read block by block, in double.
 *
 * <pre>
 *   blocks   |-------- 0 --------|-------- 1 --------|
 *   rows     |--- 0 ---|--- 1 ----------|--- 2 ---| ...   row 1 is summed in block 0; block 1 has its end as a head
 * </pre>
 *
 * A row is summed in the block where it begins; what the next blocks have of it is added in the order of the blocks, so
 * that neither threads nor tiles show.
 */
final class RowSums {

    private final long rowElements;
    private final double[] rows;
    private final double[] heads;

    RowSums(long elements, long rowElements) {
        this.rowElements = rowElements;
        this.rows = new double[Math.toIntExact(elements / rowElements)];
        this.heads = new double[Strip.blocks(elements)];
    }

    /** Adds to a row what was found of it in a block, both counted from the tensor's first. */
    void add(int row, int block, double value) {
        if (row * rowElements >= (long) block * Strip.BLOCK_ELEMENTS) {
            rows[row] += value;
        } else {
            heads[block] += value;
        }
    }

    /** The sum of every row; to be asked once, at the end. */
    double[] sums() {
        for (int block = 0; block < heads.length; block++) {
            if (heads[block] != 0) { // as NaN is not
                rows[(int) ((long) block * Strip.BLOCK_ELEMENTS / rowElements)] += heads[block];
            }
        }
        return rows;
    }

    /** Where in a strip the row ends that its element {@code from} belongs to, or the strip does. */
    static int endOfRow(Strip strip, int from, long rowElements) {
        long left = rowElements - (strip.firstElement() + from) % rowElements;
        return (int) Math.min(strip.length(), from + left);
    }
}
