package org.weir.plan;

import org.weir.checkpoint.MappedTensor;
import org.weir.checkpoint.TensorInfo;

/**
 * A tensor that is taken over byte by byte.
 *
 * @param name in the result
 * @param source where from
 * @param reason why it is not merged
 */
public record CopiedTensor(String name, MappedTensor source, String reason) implements TensorPlan {

    @Override
    public TensorInfo output() {
        return new TensorInfo(name, source.info().dtype(), source.info().shape());
    }

    @Override
    public String treatment() {
        return "copied: " + reason;
    }

    @Override
    public long readBytes() {
        return source.info().bytes();
    }

    @Override
    public int readings() {
        return 1;
    }
}
