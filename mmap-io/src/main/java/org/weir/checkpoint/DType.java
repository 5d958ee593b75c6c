package org.weir.checkpoint;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Every element type that a safetensors file can name. The order is the reference writer's: tensors of a later type
 * come earlier in a file.
 */
public enum DType {
    BOOL(8, "bool"),
    F4(4, "float4_e2m1fn_x2"),
    F6_E2M3(6, ""),
    F6_E3M2(6, ""),
    U8(8, "uint8"),
    I8(8, "int8"),
    F8_E5M2(8, "float8_e5m2"),
    F8_E4M3(8, "float8_e4m3fn"),
    F8_E8M0(8, "float8_e8m0fnu"),
    F8_E4M3FNUZ(8, "float8_e4m3fnuz"),
    F8_E5M2FNUZ(8, "float8_e5m2fnuz"),
    I16(16, "int16"),
    U16(16, "uint16"),
    F16(16, "float16"),
    BF16(16, "bfloat16"),
    I32(32, "int32"),
    U32(32, "uint32"),
    F32(32, "float32"),
    C64(64, "complex64"),
    F64(64, "float64"),
    I64(64, "int64"),
    U64(64, "uint64");

    private static final Map<String, DType> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(DType::name, Function.identity()));

    private final int bits;
    private final String torchName;

    DType(int bits, String torchName) {
        this.bits = bits;
        this.torchName = torchName;
    }

    /** Width of one element in bits; four and six occur, so a width in bytes is not enough. */
    public int bits() {
        return bits;
    }

    /** The type of exactly this name; case counts. */
    public static Optional<DType> named(String exact) {
        return Optional.ofNullable(BY_NAME.get(exact));
    }

    /**
     * The name that a Hugging Face {@code config.json} uses, such as {@code bfloat16}.
     *
     * @throws IllegalArgumentException for the six-bit types, which torch does not have
     */
    public String torchName() {
        if (torchName.isEmpty()) {
            throw new IllegalArgumentException("torch has no name for " + this);
        }
        return torchName;
    }
}
