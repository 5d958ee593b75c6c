package org.weir.plan;

import java.util.List;
import java.util.stream.Stream;
import org.weir.checkpoint.MappedTensor;
import org.weir.checkpoint.TensorInfo;

/**
 * A tensor that is taken over byte by byte.
 *
 * @param name in the result
 * @param source where from
 * @param reason why it is not merged
 * @param alike those of other inputs that hold the same bytes
 */
public record CopiedTensor(String name, MappedTensor source, String reason, List<MappedTensor> alike)
        implements TensorPlan {

    public CopiedTensor {
        alike = List.copyOf(alike);
    }

    @Override
    public TensorInfo output() {
        return new TensorInfo(name, source.info().dtype(), source.info().shape());
    }

    @Override
    public String treatment() {
        return "copied: " + reason;
    }

    @Override
    public Stream<MappedTensor> inputs() {
        return Stream.concat(Stream.of(source), alike.stream());
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
