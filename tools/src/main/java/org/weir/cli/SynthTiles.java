package org.weir.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.weir.checkpoint.TensorInfo;

/** Hands the tiles of all tensors out to workers, in order. */
final class SynthTiles {
    /** @param tensor its number in the layout */
    record Tile(int tensor, long firstElement, int elements) {}

    private final List<TensorInfo> tensors;
    private int tensor;
    private long element;

    SynthTiles(List<TensorInfo> tensors) {
        this.tensors = tensors;
    }

    /** Null when there are no more. */
    synchronized @Nullable Tile next() {
        while (tensor < tensors.size() && element == tensors.get(tensor).elements()) {
            tensor++;
            element = 0;
        }
        if (tensor >= tensors.size()) {
            return null;
        }
        long left = tensors.get(tensor).elements() - element;
        Tile tile = new Tile(tensor, element, (int) Math.min(SynthTile.ELEMENTS, left));
        element += tile.elements();
        return tile;
    }

    /** Leaves nothing for anybody. */
    synchronized void drop() {
        tensor = tensors.size();
    }
}
