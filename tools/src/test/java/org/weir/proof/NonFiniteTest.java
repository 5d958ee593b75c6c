package org.weir.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** NaN and infinities: counted where they are, said, and kept from what would spread them. */
class NonFiniteTest {
    private static final int ELEMENTS = 9000;

    @TempDir
    private Path folder;

    private void write(String name, Format format, Map<Integer, Double> planted) throws IOException {
        Random random = new Random(name.hashCode());
        Tensor clean = Tensor.of(format, List.of(ELEMENTS), i -> random.nextInt(-100, 100) / 64.0);
        ByteBuffer bytes = ByteBuffer.allocate(clean.bytes().capacity()).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(0, clean.bytes(), 0, clean.bytes().capacity());
        planted.forEach((place, value) -> {
            int bits = Float.floatToRawIntBits(value.floatValue());
            switch (format) {
                case F32 -> bytes.putInt(4 * place, bits);
                case BF16 -> bytes.putShort(2 * place, (short) (bits >>> 16));
                case F16 -> bytes.putShort(2 * place, Float.floatToFloat16(value.floatValue()));
                default -> throw new IllegalArgumentException(format.name());
            }
        });
        new Model(Map.of("t", new Tensor(format, List.of(ELEMENTS), bytes), "u", clean)).write(folder.resolve(name), 1);
    }

    private Config config(String method, String... parameters) {
        Config config = Config.of(method)
                .model(folder.resolve("one"), "weight: 0.5")
                .model(folder.resolve("two"), "weight: 0.25");
        return (method.equals("linear") ? config : config.base(folder.resolve("base"))).with(parameters);
    }

    private Path report() {
        return folder.resolve("report.json");
    }

    private JsonNode facts(String tensor) throws IOException {
        for (JsonNode each :
                JsonMapper.shared().readTree(Files.readString(report())).get("facts")) {
            if (each.get("tensor").stringValue().equals(tensor)) {
                return each;
            }
        }
        throw new AssertionError("no facts of " + tensor);
    }

    @ParameterizedTest
    @EnumSource(
            value = Format.class,
            names = {"F32", "BF16", "F16"})
    void everyOneOfThemIsCountedWithThePlaceOfTheFirst(Format format) throws IOException {
        write("base", format, Map.of());
        write("one", format, Map.of(77, Double.NaN, 8999, Double.POSITIVE_INFINITY, 5000, Double.NaN));
        write("two", format, Map.of(6000, Double.NEGATIVE_INFINITY));
        for (String[] merge : List.<String[]>of(
                new String[] {"linear"},
                new String[] {"task_arithmetic"},
                new String[] {"ties"},
                new String[] {"ties", "density: 0.3"},
                new String[] {"dare_linear", "density: 0.001"},
                new String[] {"dare_ties", "density: 0.001", "rescale: l1"})) {
            for (String tile : List.of("2048", "4096")) {
                String[] rest = merge.length > 2
                        ? new String[] {merge[1], merge[2]}
                        : List.of(merge).subList(1, merge.length).toArray(String[]::new);
                Weir.Run run = Weir.tryMerge(
                        folder,
                        config(merge[0], rest).toString(),
                        "--non-finite",
                        "warn",
                        "--tile-elements",
                        tile,
                        "--report",
                        report().toString());
                assertEquals(0, run.exitCode(), run.err());
                String what = String.join(" ", merge);
                JsonNode found = facts("t").get("nonFinite");
                assertEquals(2, found.size(), what + found);
                assertFinding(found.get(0), "one", 2, 1, 77);
                assertFinding(found.get(1), "two", 0, 1, 6000);
                assertEquals(0, facts("u").get("nonFinite").size(), what);
                assertTrue(
                        run.err()
                                .contains("weir: warning: tensor t: 2 NaN and 1 infinity in "
                                        + folder.resolve("one/model.safetensors") + ", the first at element 77"),
                        run.err());
            }
        }
    }

    private static void assertFinding(JsonNode found, String model, long nans, long infinities, long first) {
        assertTrue(found.get("input").stringValue().contains("/" + model + "/"), found.toString());
        assertEquals(nans, found.get("nans").longValue());
        assertEquals(infinities, found.get("infinities").longValue());
        assertEquals(first, found.get("first").longValue());
    }

    @ParameterizedTest
    @CsvSource({
        "linear, '', 0",
        "task_arithmetic, '', 0",
        "dare_linear, 'density: 0.5', 0",
        "dare_linear, 'density: 0.5, rescale: l1', 3",
        "ties, '', 0",
        "ties, 'density: 0.5', 3",
        "ties, 'density: 0.5, trim_scope: model', 3"
    })
    void oneThatChangesOtherElementsEndsTheMergeUnlessAskedOtherwise(String method, String parameters, int code)
            throws IOException {
        write("base", Format.BF16, Map.of());
        write("one", Format.BF16, Map.of(7000, Double.NaN, 4321, Double.NEGATIVE_INFINITY));
        write("two", Format.BF16, Map.of());
        String config = config(method, parameters.isEmpty() ? new String[] {} : parameters.split(", "))
                .toString();
        Weir.Run run = Weir.tryMerge(folder, config, "-j", "2", "--tile-elements", "2048");
        assertEquals(code, run.exitCode(), run.err());
        String place = "tensor t: an infinity at element 4321 of " + folder.resolve("one/model.safetensors");
        if (code != 0) {
            assertTrue(run.err().contains(place), run.err());
            assertTrue(run.err().contains("--non-finite warn"), run.err());
        }
        assertEquals(0, Weir.tryMerge(folder, config, "--non-finite", "warn").exitCode());
        Weir.Run failed = Weir.tryMerge(folder, config, "--non-finite", "fail");
        assertEquals(3, failed.exitCode());
        assertTrue(failed.err().contains(place), failed.err());
        Weir.Run ignored = Weir.tryMerge(folder, config, "--non-finite", "ignore");
        assertEquals(0, ignored.exitCode());
        assertFalse(ignored.err().contains("warning"), ignored.err());
    }

    @Test
    void theOthersOfATensorKeepTheirValuesWhereNothingIsRanked() throws IOException {
        write("base", Format.F32, Map.of());
        write("one", Format.F32, Map.of());
        write("two", Format.F32, Map.of());
        Model clean = Weir.merge(folder, config("task_arithmetic").toString());
        write("one", Format.F32, Map.of(100, Double.NaN));
        Tensor merged = Weir.merge(folder, config("task_arithmetic").toString()).tensor("t");
        List<Integer> different = new ArrayList<>();
        for (int i = 0; i < ELEMENTS; i++) {
            if (Double.compare(clean.tensor("t").at(i), merged.at(i)) != 0) {
                different.add(i);
            }
        }
        assertEquals(List.of(100), different);
    }

    @ParameterizedTest
    @CsvSource({"F32, float16, 70000, 2", "F32, bfloat16, 3.4e38, 1", "F16, float16, 60000, 2"})
    void resultsBeyondTheOutputsDtypeAreCounted(Format format, String dtype, double large, int factor)
            throws IOException {
        double each = format == Format.F32 ? (float) large : large;
        write("base", format, Map.of());
        write("one", format, Map.of(10, each, 8000, -each, 40, 1.0));
        write("two", format, Map.of(10, each, 8000, -each));
        String config = Config.of("linear")
                .model(folder.resolve("one"), "weight: " + factor / 2.0)
                .model(folder.resolve("two"), "weight: " + factor / 2.0)
                .with("normalize: false")
                .outDtype(dtype)
                .toString();
        Weir.Run run = Weir.tryMerge(folder, config, "--report", report().toString());
        assertEquals(0, run.exitCode(), run.err());
        assertEquals(2, facts("t").get("overflow").get("elements").longValue());
        assertEquals(10, facts("t").get("overflow").get("first").longValue());
        assertTrue(facts("u").get("overflow").isNull());
        assertTrue(run.err().contains("tensor t: 2 results are beyond what the output's dtype holds"), run.err());
        Weir.Run failed = Weir.tryMerge(folder, config, "--non-finite", "fail");
        assertEquals(3, failed.exitCode(), failed.err());
        assertTrue(failed.err().contains("tensor t: element 10 of the result is beyond what"), failed.err());
    }

    @Test
    void whatComesFromAnInputIsNoOverflow() throws IOException {
        write("base", Format.F32, Map.of());
        write("one", Format.F32, Map.of(10, Double.POSITIVE_INFINITY));
        write("two", Format.F32, Map.of());
        Weir.Run run =
                Weir.tryMerge(folder, config("linear").outDtype("float16").toString(), "--report", report().toString());
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(facts("t").get("overflow").isNull());
        assertEquals(1, facts("t").get("nonFinite").size());
    }
}
