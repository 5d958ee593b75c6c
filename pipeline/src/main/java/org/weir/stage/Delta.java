package org.weir.stage;

import org.weir.simd.Bf16Fusion;
import org.weir.simd.Kernels;

/** Expert minus base. */
public record Delta() implements TileOp {

    @Override
    public void apply(Strip strip, Strip base, Kernels kernels) {
        kernels.subtract(strip.values(), base.values(), strip.length());
    }

    @Override
    public boolean fuse(Bf16Fusion fusion, int expert, int block, int from, int to) {
        return fusion.ofDeltas();
    }

    @Override
    public boolean showsNonFinite() {
        return true;
    }

    @Override
    public String label() {
        return "delta";
    }
}
