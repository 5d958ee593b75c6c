package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every promise of the README names tests that exist, or says that it is not kept yet. */
class PromisesTest {
    private static final Path PROJECT = Path.of("..");
    private static final Pattern TABLE = Pattern.compile("<!-- promises -->\n(.*?)<!-- /promises -->", Pattern.DOTALL);
    private static final Pattern ROW = Pattern.compile("\\| P(\\d+) \\| ([^|]+) \\| ([^|]+) \\|");
    private static final Pattern TEST = Pattern.compile("`(\\w+)\\.(\\w+)`");
    private static final String NOT_YET = "not yet";

    private record Promise(int number, String proof) {}

    @Test
    void noneIsLeftOut() throws IOException {
        List<Integer> expected = IntStream.concat(IntStream.rangeClosed(1, 28), IntStream.of(31, 32))
                .boxed()
                .toList();
        assertEquals(expected, promises().stream().map(Promise::number).toList());
    }

    @Test
    void everyTestThatProvesOneExists() throws IOException {
        for (Promise promise : promises()) {
            List<String> tests = new ArrayList<>();
            Matcher named = TEST.matcher(promise.proof());
            while (named.find()) {
                tests.add(named.group());
                assertTrue(
                        exists(named.group(1), named.group(2)),
                        () -> "README.md: P" + promise.number() + ": no test " + tests.getLast());
            }
            assertTrue(!tests.isEmpty() || promise.proof().startsWith(NOT_YET), promise.toString());
        }
    }

    /** A test that nobody has seen to fail proves nothing. */
    @Test
    void everyTestThatProvesOneIsListedWithAChangeThatItCaught() throws IOException {
        String seen = Files.readString(PROJECT.resolve("CONTRIBUTING.md"));
        for (Promise promise : promises()) {
            Matcher named = TEST.matcher(promise.proof());
            while (named.find()) {
                String row = "(?m)^\\|[^|]*`" + named.group(1) + "`[^|]*\\|";
                assertTrue(
                        Pattern.compile(row).matcher(seen).find(),
                        () -> "CONTRIBUTING.md: P" + promise.number() + ": no row of " + named.group(1));
            }
        }
    }

    private static boolean exists(String type, String method) throws IOException {
        String declared = "\n    void " + method + "(";
        for (String module : List.of("mmap-io", "simd-ops", "pipeline", "tools")) {
            try (Stream<Path> files = Files.walk(PROJECT.resolve(module).resolve("src/test/java"))) {
                for (Path file :
                        files.filter(path -> path.endsWith(type + ".java")).toList()) {
                    if (Files.readString(file).contains(declared)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private static List<Promise> promises() throws IOException {
        Matcher table = TABLE.matcher(Files.readString(PROJECT.resolve("README.md")));
        assertTrue(table.find(), "README.md has no <!-- promises --> ... <!-- /promises -->");
        List<Promise> promises = new ArrayList<>();
        Matcher row = ROW.matcher(table.group(1));
        while (row.find()) {
            promises.add(
                    new Promise(Integer.parseInt(row.group(1)), row.group(3).strip()));
        }
        return promises;
    }
}
