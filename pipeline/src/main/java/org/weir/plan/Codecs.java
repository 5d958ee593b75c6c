package org.weir.plan;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.weir.checkpoint.DType;
import org.weir.checkpoint.MappedTensor;
import org.weir.simd.Codec;
import org.weir.simd.F16Codec;
import org.weir.simd.F32Codec;
import org.weir.simd.F64Codec;
import org.weir.simd.Kernels;

/** The dtypes that there is arithmetic for: a new one is a codec and a line here. */
public final class Codecs {

    private static final Set<DType> THERE = Arrays.stream(DType.values())
            .filter(dtype -> of(dtype, Kernels.best()).isPresent())
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(DType.class)));

    private Codecs() {}

    /** How tensors of that dtype are widened to f32 and narrowed back; nothing for those that are only copied. */
    public static Optional<Codec> of(DType dtype, Kernels kernels) {
        return switch (dtype) {
            case F16 -> Optional.of(new F16Codec());
            case BF16 -> Optional.of(kernels.bf16());
            case F32 -> Optional.of(new F32Codec());
            case F64 -> Optional.of(new F64Codec());
            default -> Optional.empty();
        };
    }

    /** Those of tensors that there is arithmetic for. */
    public static List<Codec> of(List<MappedTensor> tensors, Kernels kernels) {
        return tensors.stream()
                .map(tensor -> of(tensor.info().dtype(), kernels).orElseThrow())
                .toList();
    }

    static boolean exist(DType dtype) {
        return THERE.contains(dtype);
    }
}
