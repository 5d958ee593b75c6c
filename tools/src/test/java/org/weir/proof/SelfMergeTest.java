package org.weir.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A model merged with itself is itself, bit for bit: −0, subnormal numbers, and NaN payloads where nothing is computed. */
class SelfMergeTest {
    private static final int ELEMENTS = 9000;

    @TempDir
    private Path folder;

    static Stream<Arguments> merges() {
        return Stream.of(
                        List.of("linear"),
                        List.of("task_arithmetic", "lambda: 0.7"),
                        List.of("task_arithmetic", "normalize: true"),
                        List.of("ties"),
                        List.of("ties", "density: 0.2", "rescale: true"),
                        List.of("ties", "density: 0.2", "trim_scope: model"),
                        List.of("dare_linear", "density: 0.3"),
                        List.of("dare_linear", "density: 0.3", "rescale: l1"),
                        List.of("dare_ties", "density: 0.3"))
                .flatMap(merge -> Stream.of(Format.F32, Format.BF16, Format.F16)
                        .flatMap(format -> Stream.of("nearest", "stochastic")
                                .map(rounding -> Arguments.of(merge, format, rounding))));
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("merges")
    void returnsTheModel(List<String> merge, Format format, String rounding) throws IOException {
        Model model = model(format);
        for (String name : List.of("base", "one", "two")) {
            model.write(folder.resolve(name), 1);
        }
        Config config = Config.of(merge.getFirst())
                .models(List.of(folder.resolve("one"), folder.resolve("two")), "weight: 1")
                .with(merge.subList(1, merge.size()).toArray(String[]::new));
        if (!merge.getFirst().equals("linear")) {
            config.base(folder.resolve("base"));
        }
        assertEquals(model, Weir.merge(folder, config.toString(), "--rounding", rounding));
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
                "t", new Tensor(format, List.of(ELEMENTS), bytes.rewind()),
                "codes", new Tensor(Format.U8, List.of(codes.length), ByteBuffer.wrap(codes))));
    }
}
