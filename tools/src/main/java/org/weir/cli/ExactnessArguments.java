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

    @Option(
            names = "--allow-missing",
            description = {
                "Merge a tensor that some models lack of those that have it. What no expert has is the base's;",
                "what the base lacks is left out."
            })
    private boolean allowMissing;

    @Option(
            names = "--allow-shape-mismatch",
            paramLabel = "submatrix",
            description = {
                "submatrix: where models have different numbers of rows of a tensor, merge the first ones, as many as",
                "the base has, or without a base as all have."
            })
    private @Nullable ShapeMismatch shapeMismatch;

    /** As the option is written. */
    enum ShapeMismatch {
        SUBMATRIX;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

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
                allowMissing,
                shapeMismatch != null);
    }
}
