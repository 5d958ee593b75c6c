package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.weir.checkpoint.TensorReader;

/** What the launcher promises around the JVM: words for its death, names in any alphabet, few descriptors and mappings. */
@Timeout(300)
class LauncherTest {
    private static final int SHARDS = 30;

    @TempDir
    private Path temp;

    private Launched weir = new Launched(Path.of(""));
    private final List<Process> started = new ArrayList<>();

    @BeforeEach
    void makeTheLauncher() throws IOException {
        weir = Launched.in(Files.createDirectory(temp.resolve("home")));
    }

    @AfterEach
    void endWhatRuns() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void aKilledMergeIsExplained() throws Exception {
        Process merge = slowMerge();
        waitForStaging(merge);
        merge.destroyForcibly();
        assertEquals(128 + 9, merge.waitFor());
        assertSaidSoon("killed from outside", "run the same command again");
        assertFalse(Files.isSymbolicLink(link(merge)));
        assertFalse(Files.exists(temp.resolve("out")));
    }

    @Test
    void aCrashedJvmIsExplainedAndLeavesAPageOfTextInTheStagingFolderButNoCopyOfItsMemory() throws Exception {
        Process merge = slowMerge();
        waitForStaging(merge);
        signal(merge, "SEGV");
        assertEquals(128 + 6, merge.waitFor());
        Path page = temp.toRealPath().resolve("out.staging/hs_err_" + merge.pid() + ".log");
        assertSaidSoon("Java crashed; " + page + " says where", "run the same command again");
        assertTrue(Files.readString(page).contains("SIGSEGV"));
        assertTrue(weir.err().lines().noneMatch(line -> line.contains("core.")), weir.err());
        assertFalse(Files.exists(link(merge), LinkOption.NOFOLLOW_LINKS));
        assertFalse(Files.exists(temp.resolve("out")));
        run(Map.of(), "merge", temp.resolve("linear.yml"), temp.resolve("out"));
        assertTrue(weir.err().contains("goes on"), weir.err());
        run(Map.of(), "verify", temp.resolve("out"));
        try (Stream<Path> files = Files.list(temp.resolve("out"))) {
            assertTrue(files.noneMatch(file -> file.toString().contains("hs_err")));
        }
    }

    /** Before there is a staging folder, and for commands that stage nothing. */
    @Test
    void aJvmThatCrashesWithNothingStagedLeavesThePageWithTheUser() throws Exception {
        Path models = temp.resolve("models");
        assertEquals(0, Ran.weir("synth", models, "--experts", 2).code());
        Path config = config(List.of(models.resolve("base"), models.resolve("expert-1")));
        Process profile = started(weir.start(Map.of(), "profile", config, "--read-limit", "1M"));
        while (profile.isAlive() && !hasCounters(profile.pid())) {
            Thread.sleep(20);
        }
        signal(profile, "SEGV");
        assertEquals(128 + 6, profile.waitFor());
        assertSaidSoon("Java crashed; " + link(profile).toRealPath() + " says where", "run the same command again");
    }

    @Test
    void whatAnEarlierProcessOfThatNumberLeftIsNotTakenForACrash() throws Exception {
        Path victim = Files.writeString(temp.resolve("victim"), "x");
        String script = "mkdir -m 700 \"$XDG_RUNTIME_DIR/weir-$(id -u)\"; " + "ln -s " + victim
                + " \"$XDG_RUNTIME_DIR/weir-$(id -u)/hs_err_$$.log\"; exec \"$@\"";
        Path model = Files.write(temp.resolve("x.safetensors"), tensor("t", 3));
        Process merge =
                started(weir.shell(Map.of(), script, "merge", config(List.of(model, model)), temp.resolve("out")));
        assertEquals(ExitCode.DONE, merge.waitFor(), weir.err());
        assertFalse(Files.exists(link(merge), LinkOption.NOFOLLOW_LINKS));
        assertEquals("x", Files.readString(victim));
    }

    /** The name that Java was told, while it leads into the staging folder. */
    private Path link(Process process) throws IOException {
        return weir.home()
                .resolve("weir-" + Files.getAttribute(temp, "unix:uid"))
                .resolve("hs_err_" + process.pid() + ".log");
    }

    private void waitForStaging(Process merge) throws Exception {
        while (merge.isAlive()
                && !(Files.isSymbolicLink(link(merge)) && Files.exists(temp.resolve("out.staging.journal")))) {
            Thread.sleep(20);
        }
        Thread.sleep(200); // for the beginning of the journal
        assertTrue(merge.isAlive(), weir.err());
    }

    @Test
    void aMergeThatIsStoppedEndsByItself() throws Exception {
        Process merge = slowMerge();
        merge.toHandle().destroy();
        assertEquals(128 + 15, merge.waitFor());
        Thread.sleep(500);
        assertFalse(weir.err().contains("killed"), weir.err());
    }

    @Test
    void aCommandThatEndsLeavesNothingToExplain() throws Exception {
        run(Map.of(), "synth", temp.resolve("models"), "--experts", 1);
        Thread.sleep(500);
        assertFalse(weir.err().contains("run the same command again"), weir.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "POSIX", "C.UTF-8", "en_US.ISO-8859-1"})
    void namesInAnyAlphabetSurviveAnyLocale(String locale) throws Exception {
        String odd = "mödel 模型 😀 \u001b[31mred\n";
        String tensor = "層.0.\\\"名\\\".\\u001b[2J\\n.😀";
        Path model = Files.createDirectory(temp.resolve(odd));
        Files.write(model.resolve("model.safetensors"), tensors(tensor));
        Path config = Files.writeString(temp.resolve("конфиг.yml"), """
                merge_method: linear
                models:
                  - model: "%s"
                parameters: {weight: 1}
                """.formatted(
                        model.toString().replace("\u001b", "\\e").replace("\n", "\\n")));
        Path out = temp.resolve("ausgäbe 😀");
        Map<String, String> environment = Map.of("LC_ALL", locale);
        run(environment, "merge", config, out);
        assertOneLineEach(weir.err() + weir.out());
        assertTrue(weir.out().contains("ausgäbe 😀"), weir.out());
        byte[] merged = Files.readAllBytes(out.resolve("model.safetensors"));
        assertTrue(new String(merged, StandardCharsets.UTF_8).contains("層.0.\\\"名\\\".\\u001b[2J\\n.😀"));
        run(environment, "inspect", out);
        assertOneLineEach(weir.out());
        assertTrue(weir.out().contains("層.0.\"名\".\\u001b[2J\\u000a.😀"), weir.out());
    }

    @ParameterizedTest
    @EnumSource(names = "FASTER", mode = EnumSource.Mode.EXCLUDE)
    void fiveHundredExpertsOfThirtyShardsNeedFewDescriptors(TensorReader.Way way) throws Exception {
        Path config = config(links(500));
        String reader = "--reader=" + way.name().toLowerCase(java.util.Locale.ROOT);
        Process merge = started(
                weir.shell(Map.of(), "ulimit -n 256; exec \"$@\"", "merge", config, temp.resolve("out"), reader));
        assertEquals(ExitCode.DONE, merge.waitFor(), weir.err());
        for (int i = 0; i < SHARDS; i++) {
            double[] mean = Weights.of(temp.resolve("out/model.safetensors")).get("t" + i);
            assertEquals(i + 0.5, mean[0]);
        }
    }

    /** Neither progress, results, counters nor the report of a merge are worth the merge. */
    @ParameterizedTest
    @ValueSource(strings = {"2>/dev/full", ">/dev/full", ">/dev/full 2>&1", "2>&-", ">&- 2>&- <&-"})
    void aFullDiskForMessagesChangesNothingOfTheOutput(String streams) throws Exception {
        Path model = Files.write(temp.resolve("x.safetensors"), tensor("t", 3));
        Path config = config(List.of(model, model));
        Map<String, String> environment = Map.of("XDG_RUNTIME_DIR", "/dev/full");
        String script = "\"$@\" " + streams;
        Process merge = started(weir.shell(environment, script, "merge", "-v", config, temp.resolve("out")));
        int code = merge.waitFor();
        assertTrue(code == ExitCode.DONE || code == ExitCode.IO && streams.startsWith(">/dev/full"), code + weir.err());
        assertEquals(3, Weights.of(temp.resolve("out/model.safetensors")).get("t")[0]);
    }

    /** By links, so that they take no space: 63,000 shards under 2,100 names. */
    @Test
    void moreShardsThanTheKernelMapsAreRefusedByName() throws Exception {
        Path config = config(links(2_100));
        Process plan = started(weir.start(Map.of(), "plan", config));
        assertEquals(ExitCode.RESOURCES, plan.waitFor(), weir.err());
        assertTrue(weir.err().contains("vm.max_map_count"), weir.err());
        assertEquals(1, weir.err().lines().count(), weir.err());
    }

    /** A model of many small shards under as many names. */
    private List<Path> links(int models) throws IOException {
        Path model = Files.createDirectory(temp.resolve("model"));
        String map = IntStream.range(0, SHARDS)
                .mapToObj(i -> "\"t%1$d\":\"s%1$d.safetensors\"".formatted(i))
                .collect(Collectors.joining(",", "{\"metadata\":{},\"weight_map\":{", "}}"));
        Files.writeString(model.resolve("model.safetensors.index.json"), map);
        for (int i = 0; i < SHARDS; i++) {
            Files.write(model.resolve("s" + i + ".safetensors"), tensor("t" + i, i + 0.5f));
        }
        return IntStream.range(0, models)
                .mapToObj(i -> {
                    try {
                        return Files.createSymbolicLink(temp.resolve("link-" + i), model);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .toList();
    }

    private Path config(List<Path> models) throws IOException {
        String list = models.stream().map(model -> "  - model: " + model + "\n").collect(Collectors.joining());
        return Files.writeString(
                temp.resolve("linear.yml"), "merge_method: linear\nparameters: {weight: 1}\nmodels:\n" + list);
    }

    private static byte[] tensors(String name) {
        return tensor(name, 1);
    }

    private static byte[] tensor(String name, float value) {
        byte[] header = "{\"%s\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}"
                .formatted(name)
                .getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + header.length + 4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .putFloat(value)
                .array();
    }

    /** One that reads a megabyte per second, and has begun. */
    private Process slowMerge() throws Exception {
        Path models = temp.resolve("models");
        assertEquals(0, Ran.weir("synth", models, "--experts", 2).code());
        Path config = config(List.of(models.resolve("base"), models.resolve("expert-1")));
        Process merge = started(weir.start(Map.of(), "merge", config, temp.resolve("out"), "--read-limit", "1M"));
        while (merge.isAlive() && !hasCounters(merge.pid())) {
            Thread.sleep(20);
        }
        assertTrue(merge.isAlive(), weir.err());
        return merge;
    }

    private boolean hasCounters(long pid) throws IOException {
        Path folder = weir.home().resolve("weir-" + Files.getAttribute(temp, "unix:uid"));
        if (Files.notExists(folder)) {
            return false;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> file.getFileName().toString().startsWith(pid + "."));
        }
    }

    private Process started(Process process) {
        started.add(process);
        return process;
    }

    private void run(Map<String, String> environment, Object... args) throws Exception {
        Process process = started(weir.start(environment, args));
        assertTrue(process.waitFor(120, TimeUnit.SECONDS));
        assertEquals(ExitCode.DONE, process.exitValue(), weir.err());
    }

    private static void signal(Process process, String signal) throws Exception {
        new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid()))
                .start()
                .waitFor();
    }

    private void assertSaidSoon(String... words) throws Exception {
        for (int i = 0; i < 500 && !weir.err().contains(words[words.length - 1]); i++) {
            Thread.sleep(20);
        }
        for (String word : words) {
            assertTrue(weir.err().contains(word), weir.err());
        }
    }

    /** Nothing that moves a cursor or changes a colour. */
    private static void assertOneLineEach(String text) {
        assertTrue(text.chars().noneMatch(c -> c != '\n' && (c < ' ' || c >= 0x7f && c < 0xa0)), text);
    }
}
