package org.weir.cli;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.weir.checkpoint.DType;
import org.weir.plan.Exactness;
import picocli.CommandLine.Option;

/** What a merge is told about numbers and tensors that do not fit. */
final class ExactnessArguments {
    @Option(
            names = "--out-dtype",
            paramLabel = "float32|float16|bfloat16",
            description = "What merged tensors are stored as, whatever the config's dtype and out_dtype say.")
    private @Nullable OutDType outDtype;

    @Option(
            names = "--rounding",
            paramLabel = "nearest|stochastic",
            description = {
                "How results become 16 bits; default ${DEFAULT-VALUE}. stochastic: at random, right on average, so that",
                "updates too small for the format are not lost; from --random-seed, and exact numbers stay exact."
            })
    private Exactness.Rounding rounding = Exactness.Rounding.NEAREST;

    @Option(
            names = "--non-finite",
            paramLabel = "fail|warn|ignore",
            description = {
                "What NaN and infinities in the inputs lead to. Default: fail where one would change other elements,",
                "by way of a threshold or a norm, else warn."
            })
    private Exactness.@Nullable NonFinite nonFinite;

    /** As the option is written. */
    enum OutDType {
        FLOAT32(DType.F32),
        FLOAT16(DType.F16),
        BFLOAT16(DType.BF16);

        private final DType dtype;

        OutDType(DType dtype) {
            this.dtype = dtype;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    Exactness asked() {
        return new Exactness(
                rounding,
                Optional.ofNullable(outDtype).map(asked -> asked.dtype),
                Optional.ofNullable(nonFinite),
                false,
                false);
    }
}
