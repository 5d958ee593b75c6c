package org.weir.engine;

import java.io.IOException;
import java.nio.file.Path;
import org.weir.checkpoint.CheckpointOutline;
import org.weir.plan.CopiedTensor;
import org.weir.plan.MergePlan;
import org.weir.plan.TensorPlan;

/** What a plan will make, without the work: names, shapes, config and tokenizer, for planning what is merged from it. */
final class ResultOutline {
    /** Tensors that are copied are compared when they are planned; larger ones hold weights. */
    private static final long MAX_COPIED_BYTES = 64_000_000;

    private ResultOutline() {}

    /** Writes it into a folder that is not there yet. */
    static void write(MergePlan plan, Path folder) throws IOException {
        CheckpointOutline outline = CheckpointOutline.create(folder, plan.layout());
        for (int i = 0; i < plan.tensors().size(); i++) {
            TensorPlan tensor = plan.tensors().get(i);
            if (tensor instanceof CopiedTensor copied && copied.readBytes() <= MAX_COPIED_BYTES) {
                outline.fill(i, copied.source());
            }
        }
        new OutputFiles(plan).writeTo(outline);
    }
}
