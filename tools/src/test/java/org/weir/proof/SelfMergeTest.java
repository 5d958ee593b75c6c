package org.weir.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.weir.method.MergeMethods;

/** A model merged with itself is itself, bit for bit: −0, subnormal numbers, and NaN payloads where nothing is computed. */
class SelfMergeTest {
    private static final int ROWS = 90;
    private static final int COLUMNS = 100;
    private static final int ELEMENTS = ROWS * COLUMNS;

    /** What is merged beside the base, and what measured it. */
    private enum Models {
        TWO,
        TWO_AND_BASE,
        ONE_AND_BASE,
        ONE,
        TWO_MEASURED
    }

    /**
     * A way to merge.
     *
     * @param exact whether the formula returns the bits in any format: deltas of 0 are added, or whole numbers of equal terms
     *     are summed and divided. Else it multiplies by numbers such as 0.3 and 0.7 that add up to 1 but for a rounding in f32,
     *     which shows in f32 and where it is decided at random, and not in 16 bits
     */
    private record Way(String method, Models models, boolean exact, String... parameters) {
        @Override
        public String toString() {
            return method + " " + String.join(", ", parameters);
        }
    }

    @TempDir
    private Path folder;

    static Stream<Way> ways() {
        return Stream.of(
                new Way("linear", Models.TWO, true),
                new Way("task_arithmetic", Models.TWO_AND_BASE, true, "lambda: 0.7"),
                new Way("task_arithmetic", Models.TWO_AND_BASE, true, "normalize: true"),
                new Way("ties", Models.TWO_AND_BASE, true),
                new Way("ties", Models.TWO_AND_BASE, true, "density: 0.2", "rescale: true"),
                new Way("ties", Models.TWO_AND_BASE, true, "density: 0.2", "trim_scope: model"),
                new Way("dare_linear", Models.TWO_AND_BASE, true, "density: 0.3"),
                new Way("dare_linear", Models.TWO_AND_BASE, true, "density: 0.3", "rescale: l1"),
                new Way("dare_ties", Models.TWO_AND_BASE, true, "density: 0.3"),
                new Way("breadcrumbs", Models.TWO_AND_BASE, true, "density: 0.5", "gamma: 0.1"),
                new Way("breadcrumbs_ties", Models.TWO_AND_BASE, true, "density: 0.5", "gamma: 0.1"),
                new Way("della", Models.TWO_AND_BASE, true, "density: 0.5"),
                new Way("della_linear", Models.TWO_AND_BASE, true, "density: 0.5"),
                new Way("model_stock", Models.TWO_AND_BASE, true),
                new Way("model_stock", Models.TWO_AND_BASE, true, "filter_wise: true"),
                new Way("nuslerp", Models.TWO_AND_BASE, true),
                new Way("nuslerp", Models.TWO_AND_BASE, true, "nuslerp_flatten: false"),
                new Way("multislerp", Models.TWO_AND_BASE, true),
                new Way("sce", Models.TWO_AND_BASE, true, "select_topk: 0.5"),
                new Way("ram", Models.TWO_AND_BASE, true),
                new Way("ramplus_tl", Models.TWO_AND_BASE, true),
                new Way("magmax", Models.TWO_AND_BASE, true),
                new Way("consensus", Models.TWO_AND_BASE, true),
                new Way("nearswap", Models.ONE_AND_BASE, true, "t: 0.01"),
                new Way("arcee_fusion", Models.ONE_AND_BASE, true),
                new Way("passthrough", Models.ONE, true),
                new Way("regmean", Models.TWO_MEASURED, true),
                new Way("slerp", Models.ONE_AND_BASE, true, "t: 0"),
                new Way("slerp", Models.ONE_AND_BASE, true, "t: 1"),
                new Way("slerp", Models.ONE_AND_BASE, false, "t: 0.3"),
                new Way("nuslerp", Models.TWO, false),
                new Way("nuslerp", Models.TWO, false, "nuslerp_flatten: false"),
                new Way("multislerp", Models.TWO, false),
                new Way("karcher", Models.TWO, false),
                new Way("fisher", Models.TWO_MEASURED, false));
    }

    static Stream<Arguments> merges() {
        return ways().flatMap(way -> Stream.of(Format.F32, Format.BF16, Format.F16)
                .flatMap(format -> Stream.of("nearest", "stochastic")
                        .filter(rounding -> way.exact()
                                ? rounding.equals("nearest") || format != Format.F32
                                : rounding.equals("nearest") && format != Format.F32)
                        .map(rounding -> Arguments.of(way, format, rounding))));
    }

    @Test
    void everyMethodIsHere() {
        Set<String> here = ways().map(Way::method).collect(Collectors.toCollection(TreeSet::new));
        Set<String> all = MergeMethods.all().stream()
                .map(method -> method.info().name())
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(all, here);
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("merges")
    void returnsTheModel(Way way, Format format, String rounding) throws IOException {
        Model model = model(format);
        for (String name : List.of("base", "one", "two")) {
            model.write(folder.resolve(name), 1);
        }
        assertEquals(model, Weir.merge(folder, config(way), "--rounding", rounding));
    }

    private String config(Way way) throws IOException {
        Path base = folder.resolve("base");
        Path one = folder.resolve("one");
        List<Path> both = List.of(one, folder.resolve("two"));
        Config config = Config.of(way.method()).with(way.parameters());
        switch (way.models()) {
            case TWO -> config.models(both);
            case TWO_AND_BASE -> config.base(base).models(both);
            case ONE_AND_BASE -> config.base(base).model(one);
            case ONE -> config.model(one);
            case TWO_MEASURED -> {
                measure(way.method()).write(folder.resolve("measured"), 1);
                String models =
                        "{model: %1$s/one, statistics: %1$s/measured}, {model: %1$s/two, statistics: %1$s/measured}";
                return "merge_method: %s%nmodels: [%s]%n".formatted(way.method(), models.formatted(folder));
            }
        }
        boolean weighs = MergeMethods.named(way.method()).orElseThrow().info().params().stream()
                .anyMatch(parameter -> parameter.name().equals("weight"));
        return (weighs ? config.with("weight: 1") : config).toString();
    }

    /** Fisher information of every element, or the Gram matrix of the layer's inputs. */
    private static Model measure(String method) {
        Random random = new Random(9);
        List<Integer> shape = method.equals("fisher") ? List.of(ROWS, COLUMNS) : List.of(COLUMNS, COLUMNS);
        return new Model(Map.of(
                "t",
                Tensor.of(
                        Format.F32,
                        shape,
                        i -> method.equals("fisher")
                                ? 0.25 + random.nextDouble() / 4
                                : i % (COLUMNS + 1) == 0 ? 2 : 0.01)));
    }

    /** All finite bits there are but for the largest, of which two are too many to add; and codes that are copied. */
    private static Model model(Format format) {
        Random random = new Random(8);
        ByteBuffer bytes = ByteBuffer.allocate(format.bytes() * ELEMENTS).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < ELEMENTS; i++) {
            switch (format) {
                case F32 -> bytes.putInt(random.nextInt(0x7f000000) | random.nextInt(2) << 31);
                case BF16 -> bytes.putShort((short) (random.nextInt(0x7f00) | random.nextInt(2) << 15));
                default -> bytes.putShort((short) (random.nextInt(0x7800) | random.nextInt(2) << 15));
            }
        }
        for (int i = 0; i < 20; i++) {
            switch (format) {
                case F32 -> bytes.putInt(4 * i, i % 2 == 0 ? 0x80000000 : 1 + i);
                default -> bytes.putShort(2 * i, (short) (i % 2 == 0 ? 0x8000 : 1 + i));
            }
        }
        byte[] codes = new byte[500];
        random.nextBytes(codes);
        return new Model(Map.of(
                "t", new Tensor(format, List.of(ROWS, COLUMNS), bytes.rewind()),
                "codes", new Tensor(Format.U8, List.of(codes.length), ByteBuffer.wrap(codes))));
    }
}
