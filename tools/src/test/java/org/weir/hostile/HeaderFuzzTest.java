package org.weir.hostile;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The parser and the rules written out again say the same of each file, and find the same tensors in it. */
class HeaderFuzzTest {
    private static final long FIRST = 20_260_501;

    @TempDir
    private Path temp;

    /** A million of them: {@code mvn test -pl tools -am -Dtest=HeaderFuzzTest -Dweir.fuzz.headers=1000000}. */
    @Test
    void parserAndRulesAgreeOnMutatedHeaders() throws IOException {
        HeaderFuzz.Count count = new HeaderFuzz(temp).run(FIRST, Long.getLong("weir.fuzz.headers", 20_000));
        System.out.println(count);
        assertTrue(count.accepted() > count.files() / 10, () -> "too few are good enough to mean something: " + count);
        assertTrue(count.refused() > count.files() / 5, () -> "too few are broken: " + count);
    }

    @Test
    void parserAndRulesAgreeOnWhatWasFoundBefore() throws IOException {
        List<byte[]> found = HeaderFuzz.found();
        assertTrue(found.size() >= 150, () -> found.size() + " files");
        for (byte[] file : found) {
            new HeaderFuzz(temp).check(file);
        }
    }
}
