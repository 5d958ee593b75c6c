package org.weir.stage;

/**
 * What a survey goes over: one tensor, or the whole model.
 *
 * @param firstBlock the first block
 * @param blocks how many there are
 * @param elements how many elements they hold
 */
public record Extent(int firstBlock, int blocks, long elements) {

    public Extent {
        if (firstBlock < 0 || blocks < 0 || elements < 0) {
            throw new IllegalArgumentException("negative extent");
        }
    }
}
