package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is measured, in the forms in which it is shown. */
class ProfileCommandTest {
    @TempDir
    private static Path models;

    @TempDir
    private Path temp;

    @BeforeAll
    static void makeModels() {
        assertEquals(0, Ran.weir("synth", models, "--delta-scale", "0.003").code());
    }

    @Test
    void profileShowsEveryStageAndWritesNothing() throws IOException {
        Path config = config("ties", ", density: 0.3");
        Set<Path> before = everything();
        Ran ran = Ran.weir("profile", config, "-j", 2);
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
        assertEquals(before, everything());
        for (String stage : List.of("prefault", "widen", "delta", "threshold", "trim", "sign election", "narrow")) {
            assertTrue(ran.outLines().stream().anyMatch(line -> line.startsWith(stage + " ")), ran.out());
        }
        assertTrue(ran.out().contains("profile: ties of 2 experts"), ran.out());
        assertTrue(ran.out().contains("limit: "), ran.out());
    }

    @Test
    void theTableAddsUpToTheWholeTime() throws IOException {
        for (Ran ran : List.of(
                Ran.weir("profile", config("dare_ties", ", density: 0.3"), "-j", 2, "--log-format", "json"),
                Ran.weir("merge", config("linear", ""), temp.resolve("out"), "--log-format=json"))) {
            JsonNode json = Stream.concat(ran.outLines().stream(), ran.errLines().stream())
                    .map(line -> JsonMapper.shared().readTree(line))
                    .filter(line -> line.has("stages"))
                    .findFirst()
                    .orElseThrow();
            double sum = json.get("publishNanos").asDouble()
                    / json.get("workerNanos").asDouble();
            for (JsonNode stage : json.get("stages")) {
                sum += stage.get("share").asDouble();
            }
            assertEquals(1, sum, 1e-9, ran.out());
        }
    }

    @Test
    void theReportsSumsMatch() throws IOException {
        Path report = temp.resolve("report.json");
        Ran ran = Ran.weir("merge", config("ties", ""), temp.resolve("out"), "--report", report, "-j", 2);
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
        JsonNode json = JsonMapper.shared().readTree(Files.readString(report));
        long nanos = json.get("publishNanos").asLong();
        for (JsonNode stage : json.get("stages")) {
            nanos += stage.get("nanos").asLong();
            switch (stage.get("stage").asString()) {
                case "prefault" -> assertEquals(json.get("readBytes"), stage.get("bytes"));
                case "write" -> assertEquals(json.get("writtenBytes"), stage.get("bytes"));
                default -> {}
            }
        }
        assertEquals(json.get("workerNanos").asLong(), nanos);
        double workerSeconds = 2 * json.get("seconds").asDouble();
        assertEquals(workerSeconds, nanos / 1e9, 0.02 * workerSeconds + 0.02);
        assertEquals("ties", json.get("plan").get("method").asString());
        assertTrue(json.get("environment").get("cores").asInt() > 0);
        assertTrue(
                json.get("steady").get("bytes").asLong() < json.get("readBytes").asLong());
    }

    @Test
    void theTableOfAMergeGoesToStderrUnlessQuiet() throws IOException {
        Ran loud = Ran.weir("merge", config("linear", ""), temp.resolve("out"));
        assertTrue(loud.err().contains("GB/S PER CORE") && loud.err().contains("limit: "), loud.err());
        Ran quiet = Ran.weir("merge", config("linear", ""), temp.resolve("quiet"), "-q");
        assertEquals("", quiet.err());
    }

    @Test
    void aReportIsNeverWrittenIntoAnInput() throws IOException {
        refusesReport(models.resolve("expert-1/model.safetensors"), "is inside an input, which is never written to");
        refusesReport(models.resolve("expert-2/x.json"), "is inside an input, which is never written to");
    }

    @Test
    void aReportThatCannotBeWrittenIsRefusedWithTheReason() throws IOException {
        refusesReport(temp.resolve("no/x.json"), "cannot be written: there is no folder for it; name another");
        refusesReport(temp, "is there already and is not a file; name another");
        Path file = Files.createFile(temp.resolve("file"));
        refusesReport(file.resolve("x.json"), "cannot be written: Not a directory; name another");
        refusesReport(Path.of("/proc/x.json"), "cannot be written: ");
        Path link = Files.createSymbolicLink(temp.resolve("link"), temp.resolve("nothing"));
        refusesReport(link, "is a link to something that is not there; name another");
        assertEquals(0, Files.size(file));
    }

    private void refusesReport(Path file, String reason) throws IOException {
        Ran ran = Ran.weir("profile", config("linear", ""), "--report", file);
        assertEquals(ExitCode.USAGE, ran.code(), ran.err());
        assertEquals(1, ran.errLines().size(), ran.err());
        assertTrue(ran.err().startsWith("weir: --report " + file + ": " + reason), ran.err());
    }

    @Test
    void problemsOfAPlanHaveTheExitCodesOfMerge() throws IOException {
        assertEquals(
                ExitCode.USAGE, Ran.weir("profile", temp.resolve("none.yml")).code());
        Path config = config("linear", "");
        assertEquals(
                ExitCode.RESOURCES,
                Ran.weir("profile", config, "--memory", "1M").code());
        assertEquals(
                ExitCode.USAGE, Ran.weir("profile", config, "--seconds", "0").code());
    }

    @Test
    void flightRecorderGetsTheSameNumbers() throws IOException {
        Path file = temp.resolve("merge.jfr");
        JsonNode json;
        try (Recording recording = new Recording()) {
            recording.enable("org.weir.Stage");
            recording.start();
            json = JsonMapper.shared()
                    .readTree(Ran.weir("profile", config("linear", ""), "-j", 1, "--log-format=json")
                            .out());
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        for (JsonNode stage : json.get("stages")) {
            RecordedEvent last = events.stream()
                    .filter(event ->
                            event.getString("stage").equals(stage.get("stage").asString()))
                    .reduce((_, later) -> later)
                    .orElseThrow();
            assertEquals(stage.get("nanos").asLong(), last.getLong("nanos"));
            assertEquals(stage.get("bytes").asLong(), last.getLong("bytes"));
        }
    }

    private Path config(String method, String parameters) throws IOException {
        String base = method.equals("linear") ? "" : "base_model: " + models + "/base\n";
        return Files.writeString(temp.resolve("config.yml"), """
                merge_method: %2$s
                %4$smodels:
                  - {model: %1$s/expert-1, parameters: {weight: 0.5%3$s}}
                  - {model: %1$s/expert-2, parameters: {weight: 0.25%3$s}}
                """.formatted(models, method, parameters, base));
    }

    private Set<Path> everything() throws IOException {
        Set<Path> found = new TreeSet<>();
        for (Path place : List.of(models, temp)) {
            try (Stream<Path> files = Files.walk(place)) {
                files.forEach(found::add);
            }
        }
        return found;
    }
}
