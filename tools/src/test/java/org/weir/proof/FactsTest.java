package org.weir.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a merge says of itself: densities and lost updates, against counts and sums over the files. */
class FactsTest {
    /** A strip and no more, so that the sample is all there is. */
    private static final int STRIP = 2000;

    /** Four blocks, the last one short. */
    private static final int BLOCKS = 3 * 262_144 + 5000;

    @TempDir
    private Path folder;

    private Path write(String name, Format format, int elements, IntToDoubleFunction value) throws IOException {
        Path place = folder.resolve(name);
        new Model(Map.of("t", Tensor.of(format, List.of(elements), value))).write(place, 1);
        return place;
    }

    /** Normal numbers, of which a third are 0. */
    private static double[] deltas(int elements, double size, long seed) {
        Random random = new Random(seed);
        return IntStream.range(0, elements)
                .mapToDouble(_ -> random.nextInt(3) == 0 ? 0 : size * random.nextGaussian())
                .toArray();
    }

    private Path base(Format format, int elements) throws IOException {
        double[] values = deltas(elements, 1, 1);
        return write("base", format, elements, i -> Format.BF16.round(0.02 * (values[i] + 3)));
    }

    private Path expert(String name, Format format, int elements, double size) throws IOException {
        Tensor base = Model.read(folder.resolve("base")).tensor("t");
        double[] deltas = deltas(elements, size, name.hashCode());
        return write(name, format, elements, i -> format.round(base.at(i) + deltas[i]));
    }

    private Path report() {
        return folder.resolve("report.json");
    }

    private Weir.Run run(Config config, String... options) throws IOException {
        String[] all = Arrays.copyOf(options, options.length + 2);
        all[options.length] = "--report";
        all[options.length + 1] = report().toString();
        Weir.Run run = Weir.tryMerge(folder, config.toString(), all);
        assertEquals(0, run.exitCode(), run.err());
        return run;
    }

    private JsonNode facts() throws IOException {
        return JsonMapper.shared()
                .readTree(Files.readString(report()))
                .get("facts")
                .get(0);
    }

    @ParameterizedTest
    @CsvSource({"0.2, false", "0.8, false", "0.1, true"})
    void densityOfATrimIsTheShareOfElementsThatAreNotZeroAfterIt(double density, boolean ties) throws IOException {
        Path base = base(Format.BF16, STRIP);
        Path expert = expert("one", Format.BF16, STRIP, 2e-4);
        Config config = Config.of("ties").base(base).model(expert, "weight: 1", "density: " + density);
        run(config.with("keep_ties: " + ties));
        Tensor from = Model.read(base).tensor("t");
        Tensor to = Model.read(expert).tensor("t");
        double[] magnitudes = IntStream.range(0, STRIP)
                .mapToDouble(i -> Math.abs(to.at(i) - from.at(i)))
                .sorted()
                .toArray();
        long changed = IntStream.range(0, STRIP).filter(i -> magnitudes[i] != 0).count();
        int k = (int) (density * STRIP);
        double threshold = magnitudes[STRIP - k];
        long kept = ties
                ? IntStream.range(0, STRIP)
                        .filter(i -> magnitudes[i] >= threshold)
                        .count()
                : Math.min(k, changed);
        JsonNode found = facts().get("densities").get(0);
        assertEquals(density, found.get("requested").doubleValue());
        assertEquals((double) changed / STRIP, found.get("changed").doubleValue());
        assertEquals((double) kept / STRIP, found.get("kept").doubleValue());
    }

    @Test
    void densityOfADropIsNearWhatWasAskedForOfWhatHadChanged() throws IOException {
        Path base = base(Format.F32, BLOCKS);
        Path expert = expert("one", Format.F32, BLOCKS, 2e-4);
        Weir.Run run = run(Config.of("dare_linear").base(base).model(expert, "weight: 1", "density: 0.3"));
        JsonNode found = facts().get("densities").get(0);
        int sample = 4 * 2048;
        assertEquals(2 / 3.0, found.get("changed").doubleValue(), 4.5 * Math.sqrt(2 / 9.0 / sample));
        assertEquals(0.2, found.get("kept").doubleValue(), 4.5 * Math.sqrt(0.16 / sample));
        assertTrue(run.err().contains("DENSITY ASKED"), run.err());
    }

    @ParameterizedTest
    @CsvSource({"BF16, 3e-5", "BF16, 1e-3", "F16, 3e-6", "F32, 3e-5"})
    void whatSurvivesOfTheUpdateIsItsProjection(Format format, double size) throws IOException {
        Path base = base(Format.F32, STRIP);
        Path expert = expert("one", Format.F32, STRIP, size);
        String dtype = Map.of(Format.BF16, "bfloat16", Format.F16, "float16", Format.F32, "float32")
                .get(format);
        Config config = Config.of("task_arithmetic").base(base).model(expert, "weight: 0.5");
        run(config, "--out-dtype", dtype);
        Tensor from = Model.read(base).tensor("t");
        Tensor to = Model.read(expert).tensor("t");
        double product = 0;
        double square = 0;
        long some = 0;
        long none = 0;
        for (int i = 0; i < STRIP; i++) {
            double update = 0.5 * (to.at(i) - from.at(i));
            double written = format.round((float) (from.at(i) + update)) - from.at(i);
            product += written * update;
            square += update * update;
            some += update != 0 ? 1 : 0;
            none += update != 0 && written == 0 ? 1 : 0;
        }
        JsonNode found = facts().get("update");
        assertEquals(product / square, found.get("survived").doubleValue(), 1e-6);
        assertEquals((double) none / some, found.get("unwritten").doubleValue(), 1e-9);
        assertEquals(square, found.get("squares").doubleValue(), 1e-6 * square);
    }

    @Test
    void aMergeThatLosesItsUpdateSaysSoAndTheRemediesKeepIt() throws IOException {
        Path base = base(Format.BF16, BLOCKS);
        Config config = Config.of("task_arithmetic").base(base);
        for (int k = 1; k <= 4; k++) {
            config.model(expert("e" + k, Format.F32, BLOCKS, 2e-5), "weight: 0.25");
        }
        Weir.Run lost = run(config);
        double survived = facts().get("update").get("survived").doubleValue();
        assertTrue(survived < 0.8, "survived " + survived);
        assertTrue(
                lost.err()
                        .contains("of the update is lost to rounding into the output's dtype; "
                                + "--out-dtype float32 or --rounding stochastic keeps it"),
                lost.err());
        for (List<String> remedy : List.of(List.of("--out-dtype", "float32"), List.of("--rounding", "stochastic"))) {
            Weir.Run kept = run(config, remedy.toArray(String[]::new));
            assertEquals(1, facts().get("update").get("survived").doubleValue(), 0.08, remedy.toString());
            assertFalse(kept.err().contains("warning"), kept.err());
        }
    }

    @ParameterizedTest
    @CsvSource({"BF16, ties", "F32, ties", "BF16, dare_ties", "F16, dare_linear"})
    void neitherTilesNorThreadsShowInTheFacts(Format format, String method) throws IOException {
        Path base = base(Format.BF16, BLOCKS);
        Config config = Config.of(method)
                .base(base)
                .with("density: 0.4", "weight: 0.7")
                .outDtype(format == Format.F16 ? "float16" : "bfloat16");
        config.model(expert("one", format == Format.F16 ? Format.F32 : format, BLOCKS, 1e-4));
        config.model(expert("two", format == Format.F16 ? Format.F32 : format, BLOCKS, 1e-4));
        run(config, "-j", "1");
        JsonNode expected = facts();
        assertEquals(BLOCKS, expected.get("elements").intValue());
        for (String[] cut : new String[][] {
            {"-j", "3", "--tile-elements", "10000"},
            {"-j", "2", "--tile-elements", "2048"},
            {"-j", "2", "--tile-elements", "300000", "--reader", "direct"}
        }) {
            run(config, cut);
            assertEquals(expected, facts(), String.join(" ", cut));
        }
    }

    @Test
    void stochasticRoundingIsRightOnAverageAndTheSameForAnyCut() throws IOException {
        Path base = base(Format.BF16, BLOCKS);
        Path expert = expert("one", Format.F32, BLOCKS, 2e-5);
        Config config = Config.of("task_arithmetic").base(base).model(expert, "weight: 0.5");
        for (Format format : List.of(Format.BF16, Format.F16)) {
            String dtype = format == Format.F16 ? "float16" : "bfloat16";
            Model exact = Weir.merge(folder, config.toString(), "--out-dtype", "float32");
            String[] options = {"--out-dtype", dtype, "--rounding", "stochastic", "--random-seed", "5", "-j", "1"};
            Model once = Weir.merge(folder, config.toString(), options);
            double bias = 0;
            double variance = 0;
            for (int i = 0; i < BLOCKS; i++) {
                double x = exact.tensor("t").at(i);
                double ulp = format.ulp(x);
                double lower = Math.floor(x / ulp) * ulp;
                double written = once.tensor("t").at(i);
                assertTrue(written == lower || written == lower + ulp && x != lower, x + " became " + written);
                double share = (x - lower) / ulp;
                bias += (written - x) / ulp;
                variance += share * (1 - share);
            }
            assertEquals(0, bias, 4.5 * Math.sqrt(variance), format.name());
            String[] cut = options.clone();
            cut[cut.length - 1] = "3";
            List<String> more = new ArrayList<>(List.of(cut));
            more.addAll(List.of("--tile-elements", "4096"));
            assertEquals(once, Weir.merge(folder, config.toString(), more.toArray(String[]::new)));
            cut[5] = "6";
            assertNotEquals(once, Weir.merge(folder, config.toString(), cut));
        }
    }
}
