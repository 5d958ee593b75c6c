package org.weir.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import org.weir.checkpoint.Checkpoint;
import org.weir.checkpoint.CheckpointWriter;
import org.weir.checkpoint.DType;
import org.weir.checkpoint.Shape;
import org.weir.checkpoint.ShardLayout;
import org.weir.checkpoint.TensorInfo;

/** Gram matrices for the query projections of a model: all layers would take minutes. */
final class Grams {
    private static final String LAYER = ".q_proj.weight";
    /** What inputs have in common: with 1 on the diagonal the matrix can be inverted. */
    private static final float COMMON = 0.3f;

    private Grams() {}

    static void write(Path model, Path folder) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            List<TensorInfo> grams = checkpoint.tensors().stream()
                    .map(tensor -> tensor.info())
                    .filter(info -> info.name().endsWith(LAYER))
                    .map(info -> new TensorInfo(info.name(), DType.F32, square(info.shape())))
                    .toList();
            try (CheckpointWriter writer =
                    CheckpointWriter.create(folder, ShardLayout.of(grams, Long.MAX_VALUE), false)) {
                for (int i = 0; i < grams.size(); i++) {
                    writer.write(i, 0, gram(grams.get(i)));
                }
                writer.publish();
            }
        }
    }

    private static Shape square(Shape weights) {
        long inputs = weights.dims().getLast();
        return new Shape(List.of(inputs, inputs));
    }

    private static MemorySegment gram(TensorInfo info) {
        long side = info.shape().dims().getFirst();
        MemorySegment gram = Arena.ofAuto().allocate(info.bytes());
        for (long i = 0; i < side * side; i++) {
            gram.setAtIndex(ValueLayout.JAVA_FLOAT, i, i % (side + 1) == 0 ? 1 : COMMON);
        }
        return gram;
    }
}
