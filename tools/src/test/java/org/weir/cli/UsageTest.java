package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            mrge a b               | weir: unknown command 'mrge'; did you mean merge? See 'weir --help'
            merge                  | weir: missing required parameter: 'CONFIG'; see 'weir merge --help'
            merge a                | weir: missing required parameter: 'OUT'; see 'weir merge --help'
            merge a b --out-path c | weir: a second place for the result; keep one of OUT and --out-path; see 'weir merge --help'
            merge a b c            | weir: unexpected argument 'c'; see 'weir merge --help'
            merge a b --num-thread | weir: unknown option '--num-thread'; did you mean --num-threads? See 'weir merge --help'
            merge a b --threads=2  | weir: unknown option '--threads=2'; did you mean --num-threads? See 'weir merge --help'
            merge a b -j 0         | weir: --num-threads 0: expected 1 to 1024; see 'weir merge --help'
            merge a b -j 100000    | weir: --num-threads 100000: expected 1 to 1024; see 'weir merge --help'
            merge a b --tile-elements 0 | weir: --tile-elements 0: expected 1 to 16777216; see 'weir merge --help'
            merge a b --tile-elements 2000000000 | weir: --tile-elements 2000000000: expected 1 to 16777216; see 'weir merge --help'
            merge a b -j many      | weir: invalid value for option '--num-threads': 'many' is not a whole number below 2^31; see 'weir merge --help'
            merge a b --random-seed 1.5 | weir: invalid value for option '--random-seed': '1.5' is not a whole number below 2^63; see 'weir merge --help'
            plan a --log-format xml | weir: invalid value for option '--log-format': 'xml': expected text or json; see 'weir plan --help'
            synth a --dtype f64    | weir: invalid value for option '--dtype': 'f64': expected bf16 or f16 or f32; see 'weir synth --help'
            version                | weir: unknown command 'version'; did you mean --version? See 'weir --help'
            help                   | weir: unknown command 'help'; did you mean --help? See 'weir --help'
            merge a .              | weir: the folder that you are in cannot be the output; name another; see 'weir merge --help'
            plan a ../tools        | weir: the folder that you are in cannot be the output; name another; see 'weir plan --help'
            synth a --heads 7      | weir: a hidden size of 64 does not divide into 7 heads; see 'weir synth --help'
            synth a --preset 7b    | weir: --preset 7b: expected one of tiny, 0.5b, 8b, 64b; see 'weir synth --help'
            synth a --zero-share 2 | weir: --zero-share 2.0 is not in 0 to 1; see 'weir synth --help'
            """)
    void aWrongCommandLineIsOneLineWithTheNearestRightThing(String line, String message) {
        Ran ran = Ran.weir((Object[]) line.strip().split(" +"));
        assertEquals(List.of(message), ran.errLines());
        assertEquals(ExitCode.USAGE, ran.code());
        assertEquals("", ran.out());
    }

    @ParameterizedTest
    @CsvSource({"plan, CONFIG", "inspect, PATH"})
    void anEmptyNameIsSaidToBeOne(String command, String what) {
        Ran ran = Ran.weir(command, "");
        assertEquals(
                List.of("weir: an empty name for " + what + "; see 'weir " + command + " --help'"), ran.errLines());
        assertEquals(ExitCode.USAGE, ran.code());
    }

    @Test
    void noCommandIsAWrongCommandLine() {
        Ran ran = Ran.weir();
        assertEquals(ExitCode.USAGE, ran.code());
        assertEquals(List.of("weir: missing a command; see 'weir --help'"), ran.errLines());
    }

    @ParameterizedTest
    @ValueSource(strings = {"5Q", "i", "-1", "0", "1e9", "5 i", "99999999999T", ""})
    void refusesWhatIsNoSize(String size) {
        Ran ran = Ran.weir("merge", "config.yml", "out", "--memory", size);
        assertEquals(ExitCode.USAGE, ran.code());
        assertEquals(1, ran.errLines().size(), ran.err());
    }

    @Test
    void acceptsMergekitsDeviceOptionsAndNamesThemInOneLine() {
        Ran ran = Ran.weir(
                "merge", "nowhere.yml", "out", "--cuda", "--no-lazy-unpickle", "--device=auto", "--write-threads", "3");
        assertEquals(
                List.of(
                        "weir: no effect here, accepted for mergekit's sake: --cuda, --no-lazy-unpickle, --device,"
                                + " --write-threads",
                        "weir: nowhere.yml: no such file"),
                ran.errLines());
    }

    @Test
    void quietLeavesTheNoteOutButNotTheProblem() {
        Ran ran = Ran.weir("plan", "-q", "nowhere.yml", "--cuda");
        assertEquals(List.of("weir: nowhere.yml: no such file"), ran.errLines());
    }

    @Test
    void refusesToWriteAnythingButSafetensors() {
        Ran ran = Ran.weir("merge", "config.yml", "out", "--no-safe-serialization");
        assertEquals(ExitCode.USAGE, ran.code());
        assertTrue(ran.err().contains("safetensors and nothing else"), ran.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"merge", "plan", "inspect", "methods", "synth"})
    void everyCommandHasHelpThatNamesItsOptionsAndHidesMergekits(String command) {
        Ran ran = Ran.weir(command, "--help");
        assertEquals(ExitCode.DONE, ran.code());
        assertTrue(ran.out().startsWith("Usage: weir " + command), ran.out());
        assertTrue(ran.out().contains("--log-format"), ran.out());
        assertFalse(ran.out().contains("--cuda"), ran.out());
        assertEquals("", ran.err());
    }

    @Test
    void helpNamesAllCommandsAndExitCodes() {
        String help = Ran.weir("--help").out();
        for (String word : List.of("merge", "plan", "inspect", "methods", "synth", "130, 143")) {
            assertTrue(help.contains(word), word);
        }
    }

    @Test
    void versionSaysWhatABugReportNeeds() {
        Ran ran = Ran.weir("--version");
        assertEquals(ExitCode.DONE, ran.code());
        assertTrue(ran.out().startsWith("weir "), ran.out());
        assertTrue(ran.out().contains("Java 25"), ran.out());
    }

    @Test
    void withJsonAProblemIsAnObjectToo() {
        Ran ran = Ran.weir("plan", "nowhere.yml", "--log-format", "json");
        assertEquals(List.of("{\"event\":\"problem\",\"message\":\"nowhere.yml: no such file\"}"), ran.errLines());
    }
}
