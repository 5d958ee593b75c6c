package org.weir.method;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.weir.stage.Recipe;

/**
 * What a method takes of a large tensor, as its recipe says.
 *
 * @param readingsOf16Bits how often the inputs are read where they are of 16 bits
 * @param readings how often where they are not
 * @param lanes floats of state per element of a strip, with as many experts as {@code experts}
 * @param experts how many experts that is
 * @param lanesGrow whether each further expert adds one
 */
public record MethodCost(int readingsOf16Bits, int readings, int lanes, int experts, boolean lanesGrow) {

    private static final double HALF = 0.5;
    private static final List<Long> SHAPE = List.of(4096L, 4096L);
    private static final int TABLE_ENTRIES = 1 << 17;
    private static final int MOST_EXPERTS = 4;

    /** With half of each delta kept, where the method thins them out. */
    public static MethodCost of(MergeMethod method) {
        int experts = MOST_EXPERTS;
        Recipe recipe = recipe(method, experts);
        int fewerLanes = lanes(method, experts - 1);
        int lanes = recipe.fold().lanes();
        long elements = SHAPE.stream().reduce(1L, Math::multiplyExact);
        return new MethodCost(
                1 + recipe.sweeps(true, elements, TABLE_ENTRIES),
                1 + recipe.sweeps(false, elements, TABLE_ENTRIES),
                lanes,
                recipe.fold().experts(),
                lanes > fewerLanes && recipe.fold().experts() == MOST_EXPERTS);
    }

    private static int lanes(MergeMethod method, int experts) {
        return recipe(method, experts).fold().lanes();
    }

    /** For as many experts as asked for, or for as many as the method takes. */
    private static Recipe recipe(MergeMethod method, int experts) {
        return IntStream.iterate(experts, fewer -> fewer > 0, fewer -> fewer - 1)
                .mapToObj(fewer -> attempt(method, fewer))
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow();
    }

    private static Optional<Recipe> attempt(MergeMethod method, int experts) {
        try {
            return Optional.of(method.recipe(sample(method.info(), experts)));
        } catch (InvalidSettingsException _) {
            return Optional.empty();
        }
    }

    private static Settings sample(MethodInfo info, int experts) {
        Map<String, double[]> values = new HashMap<>();
        for (Param param : info.params()) {
            if (param.required() || param.isShare()) { // to keep all, the default, would hide what else there is to do
                double[] all = new double[param.scope() == Param.Scope.GLOBAL ? 1 : experts];
                Arrays.fill(all, HALF);
                values.put(param.name(), all);
            }
        }
        return new Settings(info.params(), "sample", 0, experts, values)
                .shaped(SHAPE)
                .withOrigin(info.base().isOrigin());
    }

    @Override
    public String toString() {
        String often = readings == readingsOf16Bits
                ? times(readings)
                : times(readings) + ", " + readingsOf16Bits + " where all are of 16 bits";
        String floats =
                lanesGrow ? (lanes > experts ? lanes - experts + " + " : "") + "one per expert" : String.valueOf(lanes);
        return "reads large tensors " + often + "; floats of state per element of a strip: " + floats
                + (readings > 1 ? "; 8 MiB of tables per worker" : "");
    }

    private static String times(int readings) {
        return readings == 1 ? "once" : readings + " times";
    }
}
