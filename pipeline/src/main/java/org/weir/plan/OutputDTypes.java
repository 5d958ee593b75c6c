package org.weir.plan;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.weir.checkpoint.DType;
import org.weir.checkpoint.MappedTensor;
import org.weir.method.MethodInfo.BaseRole;

/** What merged tensors are stored as. */
final class OutputDTypes {
    private final MergeConfig config;
    private final Exactness exactness;
    private final BaseRole role;
    private final Set<String> notes = new TreeSet<>();

    OutputDTypes(MergeConfig config, Exactness exactness, BaseRole role) {
        this.config = config;
        this.exactness = exactness;
        this.role = role;
    }

    /** --out-dtype, else out_dtype, else dtype, else the base's, else the narrowest that holds all summands' values. */
    DType of(TensorInputs inputs) {
        Set<DType> types = EnumSet.noneOf(DType.class);
        inputs.read().forEach(input -> types.add(input.info().dtype()));
        if (types.contains(DType.F64)) {
            notes.add("F64 tensors are rounded to f32 when they are read: all arithmetic is f32");
        }
        if (types.size() > 1) {
            notes.add(
                    "some tensors have other dtypes in other models: each is widened to f32 and the result rounded once");
        }
        return exactness
                .outDtype()
                .or(config::outDtype)
                .or(config::dtype)
                .or(() -> base(inputs).map(base -> base.info().dtype()))
                .orElseGet(() -> types.stream().reduce(OutputDTypes::promoted).orElseThrow());
    }

    /** Also where it is merged like the others, as the first of them. */
    private Optional<MappedTensor> base(TensorInputs inputs) {
        return role == BaseRole.FIRST ? Optional.of(inputs.experts().getFirst()) : inputs.base();
    }

    private static DType promoted(DType a, DType b) {
        if (a == b) {
            return a;
        }
        return a == DType.F64 || b == DType.F64 ? DType.F64 : DType.F32;
    }

    /** What is worth saying of the tensors that it was asked for. */
    Set<String> notes() {
        return Collections.unmodifiableSet(notes);
    }
}
