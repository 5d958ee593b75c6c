package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A merge that shares its machine: what it may take, and what it plans when there is little. */
class SidecarTest {
    private static final long MOST_MAPPED_BYTES = 640_000_000;
    private static final long MOST_MEMORY_BYTES = 400_000_000;
    /** Without these a container reads the JVM's own files again and again: measured. */
    private static final long PROGRAM_PAGES_AND_OUTPUT_BYTES = 48_000_000;

    private static final int SMALLEST_TILE_ELEMENTS = 1 << 14;

    @TempDir
    private static Path models;

    @TempDir
    private Path temp;

    /** Holes on the disk, but of the size of a real model. */
    @BeforeAll
    static void makeModels() {
        Ran ran = Ran.weir("synth", models, "--preset", "0.5b", "--experts", "1", "--sparse");
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 8, 64, 500})
    void memoryStaysFlatHoweverManyExpertsThereAre(int experts) throws IOException {
        JsonNode plan = plan(experts, "-j", "2", "--memory", "20G");
        assertTrue(plan.get("mappedPageBytes").asLong() <= MOST_MAPPED_BYTES, plan.toString());
        assertTrue(plan.get("memoryBytes").asLong() <= MOST_MEMORY_BYTES, plan.toString());
        assertEquals(experts < 100 ? "faster" : "copied", plan.get("reader").asString());
    }

    @Test
    void sixtyFourExpertsNeedHardlyMoreMemoryThanTwo() throws IOException {
        long two = plan(2, "-j", "2", "--memory", "20G").get("memoryBytes").asLong();
        long many = plan(64, "-j", "2", "--memory", "20G").get("memoryBytes").asLong();
        assertTrue(many <= two + two / 10, many + " bytes instead of " + two);
    }

    @ParameterizedTest
    @CsvSource({
        "8, 2G, faster",
        "8, 700M, faster",
        "8, 500M, copied",
        "8, 400M, direct",
        "8, 200M, direct",
        "64, 2G, direct",
        "64, 200M, direct"
    })
    void inputsAreReadPastTheCacheWhereThereIsNoRoomForIt(int experts, String memory, String reader)
            throws IOException {
        JsonNode plan = plan(experts, "-j", "2", "--memory", memory);
        assertEquals(reader, plan.get("reader").asString());
        long left = ByteSize.parse(memory) - plan.get("memoryBytes").asLong();
        boolean smallest = plan.get("tileElements").asLong() == SMALLEST_TILE_ELEMENTS;
        assertTrue(left >= (smallest ? 0 : PROGRAM_PAGES_AND_OUTPUT_BYTES), plan.toString());
    }

    /** With the smallest tiles such a merge took twice as long in a container of that size. */
    @Test
    void aTightLimitLeavesTilesWorthReading() throws IOException {
        JsonNode plan = plan(2, "-j", "2", "--memory", "150M");
        assertTrue(plan.get("tileElements").asLong() >= 8 * SMALLEST_TILE_ELEMENTS, plan.toString());
        assertTrue(plan.get("memoryBytes").asLong() <= 140_000_000, plan.toString());
    }

    @Test
    void whatIsFoundOutAboutFusedStepsIsInTheSumAsWell() throws IOException {
        String linear = "merge_method: linear\nmodels:\n  - {model: %s, parameters: {weight: 0.5}}\n  - {model: "
                + models + "/expert-1, parameters: {weight: 0.5}}\n";
        String first = linear.formatted(models + "/base");
        Path steps = Files.writeString(
                temp.resolve("steps.yml"), "name: mean\n" + first + "---\n" + linear.formatted("mean"));
        JsonNode one = planned(Files.writeString(temp.resolve("one.yml"), first));
        JsonNode two = planned(steps);
        for (String line : List.of("facts for the report", " tensors")) {
            assertEquals(2 * bytes(one, line), bytes(two, line), line + two);
        }
    }

    private static long bytes(JsonNode plan, String line) {
        return plan.get("memory")
                .valueStream()
                .filter(each -> each.get("label").asString().endsWith(line))
                .mapToLong(each -> each.get("bytes").asLong())
                .sum();
    }

    @Test
    void planShowsTheLimits() throws IOException {
        Path config = config(2);
        Ran ran = Ran.weir(
                "plan", config, "--read-limit", "200MB", "--write-limit", "50M", "--page-cache", "drop", "--nice", "5");
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
        for (String line :
                new String[] {"read limit: 200 MB/s", "write limit: 50.0 MB/s", "page cache: drop", "nice: 5"}) {
            assertTrue(ran.outLines().contains(line), ran.out());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--nice=20", "--nice=-1", "--read-limit=0", "--page-cache=some", "--reader=fast"})
    void refusesWhatMakesNoSense(String option) throws IOException {
        assertEquals(ExitCode.USAGE, Ran.weir("plan", config(2), option).code());
    }

    private JsonNode plan(int experts, String... options) throws IOException {
        return planned(config(experts), options);
    }

    private static JsonNode planned(Path config, String... options) throws IOException {
        List<Object> args = new ArrayList<>(List.of("plan", config, "--log-format", "json"));
        args.addAll(List.of(options));
        Ran ran = Ran.weir(args.toArray());
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
        return JsonMapper.shared().readTree(ran.outLines().getLast());
    }

    private Path config(int experts) throws IOException {
        String list = IntStream.range(0, experts)
                .mapToObj(i -> "  - {model: " + models + "/expert-1, parameters: {weight: 0.5, density: 0.2}}\n")
                .collect(Collectors.joining());
        String text = "merge_method: ties\nbase_model: " + models + "/base\nmodels:\n" + list;
        return Files.writeString(temp.resolve("ties.yml"), text);
    }
}
