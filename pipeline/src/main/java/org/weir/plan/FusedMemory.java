package org.weir.plan;

/**
 * What a worker computes the inputs with that are results of fused steps.
 *
 * @param places how many such inputs a tensor has at most
 * @param placeBytes memory for a tile of each
 * @param step what it takes to compute one, one after the other
 */
public record FusedMemory(int places, long placeBytes, MemoryBudget step) {

    long bytes() {
        return places * placeBytes + step.totalBytes();
    }
}
