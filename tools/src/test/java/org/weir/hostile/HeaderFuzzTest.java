package org.weir.hostile;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mutated headers: the parser and the rules written out again say the same of each. {@code fuzz} makes more of them. */
class HeaderFuzzTest {
    private static final long SEED = 20_260_501;

    @TempDir
    private Path temp;

    @Test
    void parserAndRulesAgreeOnMutatedHeaders() throws Exception {
        HeaderFuzz.Count count = new HeaderFuzz(temp).run(SEED, Long.getLong("weir.fuzz.headers", 20_000));
        System.out.println(count);
        assertTrue(count.accepted() > count.files() / 50, () -> "too few are good enough to mean something: " + count);
        assertTrue(count.refused() > count.files() / 5, () -> "too few are broken: " + count);
    }
}
